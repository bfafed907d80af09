//! What the backend must know again after a resume: what it acknowledged, or got
//! without having to acknowledge it.
//!
//! | file | |
//! |---|---|
//! | `workspace` | [`Workspace`]: what it holds, and what a resume brought back |
//! | `image`, `regions`, `region_names`, `requirements` | its parts |
//! | `calculations` | images in the backend's memory only, and what made them |
//! | `changes` | adding to it and removing from it, with note of what changed |
//! | `acknowledged`, `unacknowledged`, `viewers_resume` | what messages mean for it |
//! | `stated` | the same, stated by the viewer's calls |
//! | `view` | how the viewer shows it, in the words of the code that reads it from the viewer |
//! | `resume` | RESUME_SESSION and what follows it |
//! | `part` | what of it may be what stops the backend |
//! | `subset` | whether another has all that is in it |
//! | `offer`, `viewer_state` | what is told about it |
//! | `records`, `envelope` | how it is stored |
//!
//! Sources: CARTA interface control document; the C++ backend 5.0.0-dev and the
//! viewers 4.1.0 and 6.0.0 as observed.

mod acknowledged;
mod calculations;
mod changed;
mod changes;
mod envelope;
mod image;
mod offer;
mod part;
mod records;
mod region_names;
mod regions;
mod requirements;
mod restored;
mod resume;
mod stated;
mod subset;
mod unacknowledged;
mod view;
mod viewer_state;
mod viewers_resume;
#[allow(clippy::module_inception)] // What the folder is about.
mod workspace;

/// Ids, each once: a sorted vector.
pub type IdSet = litemap::LiteMap<i32, ()>;

pub use calculations::{OfferCalculation, OfferGenerated};
pub use offer::{CannotRestore, OfferCatalog, OfferImage};
pub use part::Part;
pub use records::{Damaged, RecordKey};
pub use requirements::{RequirementKey, RequirementKind};
pub use restored::{ChangedImage, Restored};
pub use stated::{ImageSpec, Refused, RegionSpec};
pub use view::ViewPart;
pub use viewer_state::{
    CatalogSpec, ContourSpec, ImageBoundsState, ImageState, PointState, RegionState,
    StokesFileState, ViewerState,
};
pub use workspace::Workspace;

pub(crate) use acknowledged::NEW_REGION;
pub(crate) use calculations::{Origin, Remake, Source, Wanted};
pub(crate) use regions::info_is_acceptable;
pub(crate) use requirements::Requirement;
pub(crate) use unacknowledged::ALL_FILES;
