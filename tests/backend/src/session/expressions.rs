//! Images that are computed from an LEL expression.

use carta_resume::protocol::messages as m;

use super::{Session, images::file_info_fallback, state::Origin};
use crate::{
    fits::{self, FitsImage},
    image::{Image, Source},
    lel::Expression,
};

impl Session {
    /// Opens an expression, whose result has the header of its first image.
    pub(super) fn open_expression(
        &mut self,
        request: &m::OpenFile,
    ) -> Result<m::OpenFileAck, String> {
        let expression = Expression::parse(&request.file);
        let expression = expression.map_err(|why| format!("The expression {why}."))?;
        let mut files = Vec::new();
        for name in expression.names() {
            let (file, _) = self.load(&request.directory, name, "")?;
            files.push(file);
        }
        let first = files.first().ok_or("No image to compute from.")?;
        let is_alike = |file: &FitsImage| {
            file.unit().axes == first.unit().axes && file.roles() == first.roles()
        };
        if let Some(at) = files.iter().position(|file| !is_alike(file)) {
            let names = expression.names();
            let name = |at| names.get(at).map_or("", String::as_str);
            return Err(format!(
                "The expression has images of different shapes: {} and {}.",
                name(0),
                name(at)
            ));
        }
        let name = request.file.clone();
        let described = fits::describe(first, &name, &first.unit().label());
        let info = m::FileInfo { name: name.clone(), ..file_info_fallback(String::new()) };
        let origin = Origin {
            directory: request.directory.clone(),
            file: name,
            lel_expr: true,
            ..Origin::default()
        };
        let image = Image::new(Source::Computed { expression, files }, described);
        Ok(self.insert(request.file_id, image, origin, info))
    }
}
