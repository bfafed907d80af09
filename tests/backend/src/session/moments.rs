//! Moment images: computed from a cube, held in memory only. The backend
//! chooses their file ids, and a resume cannot bring them back.

use carta_resume::protocol::{EventType, messages as m};

use super::{Replies, Session, state::OpenImage};
use crate::{fits::FitsError, image::Image};

/// The moments that can be computed here.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Mean,
    Integrated,
    Max,
    Min,
}

impl Moment {
    fn from_number(number: i32) -> Option<Self> {
        match number {
            0 => Some(Self::Mean),
            1 => Some(Self::Integrated),
            9 => Some(Self::Max),
            11 => Some(Self::Min),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Mean => "average",
            Self::Integrated => "integrated",
            Self::Max => "maximum",
            Self::Min => "minimum",
        }
    }
}

impl Session {
    /// Always computed along the spectral axis and over the whole image.
    pub(super) fn make_moments(&mut self, request: &m::MomentRequest, id: u32, out: &mut Replies) {
        let Some(open) = self.state.images.get(&request.file_id) else {
            out.no_file("Moments", request.file_id);
            return;
        };
        let progress = m::MomentProgress { file_id: request.file_id, progress: 0.5 };
        out.answer(EventType::MomentProgress, id, &progress);
        let made: Result<Vec<_>, String> = request
            .moments
            .iter()
            .map(|&number| {
                let moment = Moment::from_number(number)
                    .ok_or_else(|| format!("Moment {number} is not supported."))?;
                let image = compute(open, moment, request.spectral_range)
                    .map_err(|why| format!("The image {why}."))?;
                Ok((format!("{}.moment.{}", open.origin.file, moment.name()), image))
            })
            .collect();
        let mut response = m::MomentResponse::default();
        let mut file_ids = Vec::new();
        match made {
            Err(message) => response.message = message,
            Ok(images) => {
                response.success = true;
                for (name, image) in images {
                    let ack = self.add_computed(name, image);
                    file_ids.push(ack.file_id);
                    response.open_file_acks.push(ack);
                }
            }
        }
        out.answer(EventType::MomentResponse, id, &response);
        for file_id in file_ids {
            self.send_default_histogram(file_id, out);
        }
    }
}

fn compute(
    open: &OpenImage,
    moment: Moment,
    range: Option<m::IntBounds>,
) -> Result<Image, FitsError> {
    let shape = open.image.shape();
    let (first, last) = open.channels(range);
    let mut sums =
        vec![(0.0_f64, 0_u32, f32::NEG_INFINITY, f32::INFINITY); shape.width * shape.height];
    for channel in first..=last {
        let plane = open.image.plane(channel, open.stokes)?;
        for ((sum, count, max, min), value) in sums.iter_mut().zip(plane) {
            if value.is_finite() {
                *sum += f64::from(value);
                *count += 1;
                *max = max.max(value);
                *min = min.min(value);
            }
        }
    }
    let value = |(sum, count, max, min): (f64, u32, f32, f32)| match moment {
        _ if count == 0 => f32::NAN,
        Moment::Mean => (sum / f64::from(count)) as f32,
        // In the unit of the image times channels.
        Moment::Integrated => sum as f32,
        Moment::Max => max,
        Moment::Min => min,
    };
    let plane: Vec<f32> = sums.into_iter().map(value).collect();
    Ok(open.image.flat(shape.width, shape.height, plane))
}
