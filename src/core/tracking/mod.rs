//! What the backend must know again after a resume, kept by watching the
//! frames that pass.
//!
//! * [`Tracker`] takes the frames. What was acknowledged goes into the
//!   [`Workspace`], what is unanswered stays in the ledger.
//! * [`Workspace`] makes RESUME_SESSION and what follows it, and tells what
//!   would be restored.
//!
//! RESUME_SESSION rebuilds the backend from the workspace alone, so sending the
//! ledger's frames again afterwards, in order, gives each its effect exactly
//! once. Sources: CARTA interface control document; the C++ backend
//! 5.0.0-dev and the viewers 4.1.0 and 6.0.0 as observed.

mod animation;
mod answers;
mod calls;
mod effects;
mod images;
mod interruption;
mod ledger;
mod names;
mod records;
mod regions;
mod requirements;
mod responses;
mod restored;
mod resume;
mod state;
mod stored;
mod subject;
mod tiles;
mod tracker;
mod unacknowledged;
mod viewers_resume;
mod workspace;

pub use calls::{CatalogSpec, ImageSpec, Refused, RegionSpec};
pub use requirements::{RequirementKey, RequirementKind};
pub use restored::Restored;
pub use state::{
    CannotRestore, CatalogState, ContourSpec, ImageBoundsState, ImageState, OfferCatalog,
    OfferImage, PointState, RegionState, StokesFileState, ViewerState,
};
pub use stored::Damaged;
pub use subject::depends_on_session;
pub use tracker::{Tracker, Unreadable};
pub use workspace::{RecordKey, Workspace};
