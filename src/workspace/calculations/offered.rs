//! What can be made again, for people, and why the rest cannot.

use serde::Serialize;

use super::{Calculation, Origin, Request, Source, Standing};
use crate::workspace::{CannotRestore, Workspace};

/// What can be made again, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferCalculation {
    /// Among the calculations of a workspace.
    pub id: i32,
    /// `moments`, `pv-image`, `pv-preview` or `fit`.
    pub kind: &'static str,
    /// The image that it is calculated from.
    pub file_id: i32,
    /// The name of that image.
    pub file: String,
    /// The images that were made; none of a preview.
    pub images: Vec<OfferGenerated>,
    /// The region that it is calculated in, or along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region_id: Option<i32>,
    /// First and last channel; of moments only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<i32>,
    /// Which one, as in its PV_REQUEST; of a preview only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_id: Option<i32>,
}

/// An image that existed only in the backend's memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferGenerated {
    /// The file id that it had.
    pub file_id: i32,
    /// Its name.
    pub name: String,
}

impl Workspace {
    /// Why something cannot be made again as it was, "" = that is not known.
    pub(super) fn obstacle<'a>(
        &self,
        calculation: &'a Calculation,
    ) -> Result<&'a Request, &'static str> {
        let request = calculation.request.as_ref().ok_or("")?;
        let source = request.source;
        let Some(image) = self.images.get(&source.file_id) else {
            return Err("The image that it was made from is not open.");
        };
        if source.preview_id.is_some() {
            // It follows them.
            return Ok(request);
        }
        let by_now = self.regions.get(source.region_id).map(|region| region.info);
        // A fit of the field of view has that in its request.
        if source.region_id == 0 && calculation.origin != Origin::Fit {
            return Err("It was made at the cursor.");
        }
        if source.region_id > 0 && by_now != request.region.as_deref() {
            return Err("Its region has changed since.");
        }
        let channel = calculation.origin != Origin::Fit || image.channel == request.plane.0;
        if !channel || image.stokes != request.plane.1 {
            return Err("The image that it was made from shows another plane now.");
        }
        Ok(request)
    }

    pub(super) fn described(&self, id: i32, calculation: &Calculation) -> OfferCalculation {
        let source = calculation.request.as_ref().map(|request| request.source);
        let Source { file_id, region_id, channels, preview_id } = source.unwrap_or_default();
        let images = calculation
            .images
            .iter()
            .map(|image| OfferGenerated { file_id: image.file_id, name: image.name.clone() });
        let kind = match calculation.origin {
            Origin::Moment => "moments",
            Origin::PositionVelocity if preview_id.is_some() => "pv-preview",
            Origin::PositionVelocity => "pv-image",
            Origin::Fit | Origin::Remote => "fit",
        };
        let file = self.images.get(&file_id).map(|image| image.file.clone());
        let (file, images) = (file.unwrap_or_default(), images.collect());
        OfferCalculation {
            id,
            kind,
            file_id,
            file,
            images,
            region_id: (region_id > 0).then_some(region_id),
            channels: channels.map(|(first, last)| vec![first, last]).unwrap_or_default(),
            preview_id,
        }
    }

    /// What can be made again.
    pub fn offer_calculations(&self) -> Vec<OfferCalculation> {
        let mut offer = Vec::new();
        for (&id, calculation) in &self.calculations {
            if calculation.standing != Standing::Asked && self.obstacle(calculation).is_ok() {
                offer.push(self.described(id, calculation));
            }
        }
        offer
    }

    /// The images of a calculation, what is lost with them, and why they cannot be made
    /// again, if there is a reason to tell.
    pub(in crate::workspace) fn lost_with(
        &self,
        calculation: &Calculation,
        lost: &mut Vec<CannotRestore>,
    ) {
        let obstacle = self.obstacle(calculation).err().unwrap_or_default();
        for image in &calculation.images {
            let mut why = calculation.origin.why().to_owned();
            // The id of one that is gone may be another's.
            let count = if calculation.is_there() {
                self.region_count(image.file_id) as usize
            } else {
                image.regions.len()
            };
            match count {
                0 => {}
                1 => why.push_str(" The region drawn on it is lost too."),
                count => {
                    let count = count.to_string();
                    why.push_str(&[" The ", &count, " regions drawn on it are lost too."].concat());
                }
            }
            if !obstacle.is_empty() {
                why.push_str(" It cannot be made again. ");
                why.push_str(obstacle);
            }
            let (file_id, name) = (image.file_id, image.name.clone());
            lost.push(CannotRestore { file_id, name, why });
        }
    }

    pub(crate) fn describe(&self, id: i32) -> Option<OfferCalculation> {
        Some(self.described(id, self.calculations.get(&id)?))
    }

    /// Previews that nobody wants made again, for when the session that made them is gone:
    /// nothing else tells of those, because they have no image.
    pub(crate) fn unwanted_previews(&self) -> Vec<OfferCalculation> {
        let mut unwanted = Vec::new();
        for (&id, calculation) in &self.calculations {
            let is_unwanted = calculation.standing == Standing::There
                && self.obstacle(calculation).is_ok_and(|it| it.source.preview_id.is_some());
            if is_unwanted {
                unwanted.push(self.described(id, calculation));
            }
        }
        unwanted
    }
}
