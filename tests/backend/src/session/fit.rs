//! The images of a fit, in memory only, like moments.

use carta_resume::protocol::{EventType, messages as m};

use super::{Replies, Session};

impl Session {
    /// Nothing is fitted: the model is the initial one in the request, and the residual is what
    /// remains of the plane that is shown.
    pub(super) fn fit(&mut self, request: &m::FittingRequest, id: u32, out: &mut Replies) {
        let file_id = request.file_id;
        let Some(open) = self.state.images.get(&file_id) else {
            out.no_file("Fitting", file_id);
            return;
        };
        out.answer(EventType::FittingProgress, id, &m::FittingProgress { file_id, progress: 0.5 });
        let mut response = m::FittingResponse::default();
        match open.image.plane(open.channel, open.stokes) {
            Err(why) => response.message = format!("The image {why}."),
            Ok(plane) => {
                let shape = open.image.shape();
                let model = model(&request.initial_values, shape.width, shape.height);
                let residual =
                    plane.iter().zip(&model).map(|(pixel, model)| pixel - model).collect();
                let flat = |pixels| open.image.flat(shape.width, shape.height, pixels);
                let (model, residual) = (flat(model), flat(residual));
                let file = open.origin.file.clone();
                let wanted = [request.create_model_image, request.create_residual_image];
                response.success = true;
                response.result_values.clone_from(&request.initial_values);
                // A viewer expects every field.
                let none = m::GaussianComponent {
                    center: Some(m::DoublePoint::default()),
                    fwhm: Some(m::DoublePoint::default()),
                    ..Default::default()
                };
                response.result_errors = vec![none; request.initial_values.len()];
                response.model_image =
                    wanted[0].then(|| self.add_computed(format!("{file}.model"), model));
                response.residual_image =
                    wanted[1].then(|| self.add_computed(format!("{file}.residual"), residual));
            }
        }
        out.answer(EventType::FittingResponse, id, &response);
        for ack in response.model_image.iter().chain(&response.residual_image) {
            self.send_default_histogram(ack.file_id, out);
        }
    }
}

fn model(components: &[m::GaussianComponent], width: usize, height: usize) -> Vec<f32> {
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let at = |component: &m::GaussianComponent| {
                let (center, fwhm) =
                    (component.center.unwrap_or_default(), component.fwhm.unwrap_or_default());
                let (sin, cos) = component.pa.to_radians().sin_cos();
                let (dx, dy) = (x as f64 - center.x, y as f64 - center.y);
                let across = (dx * cos + dy * sin) / fwhm.x;
                let along = (dy * cos - dx * sin) / fwhm.y;
                component.amp * (-4.0 * 2.0_f64.ln() * (across * across + along * along)).exp()
            };
            pixels.push(components.iter().map(at).sum::<f64>() as f32);
        }
    }
    pixels
}
