//! One viewer's session: what it has open, and what each message does to it.
//!
//! A session knows nothing of sockets. [`Session::handle`] takes a frame and returns the frames to
//! send; [`Session::tick`] is for the frames of an animation.

mod animation;
mod catalogs;
mod cursor;
mod expressions;
mod files;
mod fit;
mod images;
mod moments;
mod overlays;
mod previews;
mod profiles;
mod pv;
mod region_text;
mod regions;
mod register;
mod replies;
mod requirements;
mod resume;
mod snapshot;
mod state;
mod tiles;

use std::sync::Arc;

use carta_resume::protocol::{EventType, Frame, messages as m};
use prost::Message;
use tokio::time::Instant;

pub use replies::Replies;
pub use snapshot::Snapshot;
pub use state::State;

use self::animation::Animation;
use crate::{faults::Faults, registry::Registry, root::Root};

/// What all sessions share.
#[derive(Debug)]
pub struct Environment {
    /// The folder that is served.
    pub root: Root,
    /// The faults in force.
    pub faults: Arc<Faults>,
    /// Every session.
    pub registry: Registry,
}

/// One viewer's session.
#[derive(Debug)]
pub struct Session {
    environment: Arc<Environment>,
    state: State,
}

impl Session {
    /// A new and empty session.
    pub fn new(environment: Arc<Environment>, id: u32) -> Self {
        Self { environment, state: State::new(id) }
    }

    /// A session that continues.
    pub fn with_state(environment: Arc<Environment>, state: State) -> Self {
        Self { environment, state }
    }

    /// What all sessions share.
    pub fn environment(&self) -> Arc<Environment> {
        Arc::clone(&self.environment)
    }

    /// The number of the session.
    pub fn id(&self) -> u32 {
        self.state.id
    }

    /// What it has open.
    pub fn snapshot(&self, connected: bool) -> Snapshot {
        Snapshot::of(&self.state, connected)
    }

    /// Takes the state out, leaving an empty session.
    pub fn take_state(&mut self) -> State {
        let mut state = std::mem::replace(&mut self.state, State::new(0));
        state.animation = None;
        state
    }

    /// Does what a frame requests. Frames that make no sense are ignored without an answer, as in
    /// the real backend.
    pub fn handle(&mut self, frame: &Frame) -> Replies {
        let mut out = Replies::new(self.environment.faults.icd());
        if self.dispatch(frame, &mut out).is_err() {
            let header = frame.header();
            crate::log(&format!("ignored a broken message of type {}", header.event_type));
        }
        out
    }

    fn dispatch(&mut self, frame: &Frame, out: &mut Replies) -> Result<(), prost::DecodeError> {
        let id = frame.header().request_id;
        let Some(event) = frame.event() else {
            crate::log(&format!("ignored unknown event type {}", frame.header().event_type));
            return Ok(());
        };
        match event {
            EventType::RegisterViewer => self.register(&frame.decode()?, frame.header(), out),
            EventType::FileListRequest => self.list_files(&frame.decode()?, id, out),
            EventType::FileInfoRequest => self.file_info(&frame.decode()?, id, out),
            EventType::OpenFile => self.open_file(&frame.decode()?, id, out),
            EventType::ConcatStokesFiles => {
                self.concat_stokes(&frame.decode()?, id, out);
            }
            EventType::CloseFile => self.close_file(frame.decode::<m::CloseFile>()?.file_id),
            EventType::SetImageChannels => self.set_image_channels(&frame.decode()?, out),
            EventType::AddRequiredTiles => self.add_required_tiles(frame.decode()?, out),
            EventType::SetCursor => self.set_cursor(frame.decode()?, out),
            EventType::SetRegion => self.set_region(frame.decode()?, id, out),
            EventType::RemoveRegion => {
                self.remove_region(frame.decode::<m::RemoveRegion>()?.region_id);
            }
            EventType::ImportRegion => self.import_region(&frame.decode()?, id, out),
            EventType::ExportRegion => self.export_region(&frame.decode()?, id, out),
            EventType::SetStatsRequirements => self.require_stats(frame.decode()?, out),
            EventType::SetHistogramRequirements => self.require_histograms(frame.decode()?, out),
            EventType::SetSpatialRequirements => self.require_spatial(frame.decode()?, out),
            EventType::SetSpectralRequirements => self.require_spectral(frame.decode()?, out),
            EventType::SetContourParameters => self.set_contours(frame.decode()?, out),
            EventType::SetVectorOverlayParameters => self.set_overlay(frame.decode()?, out),
            EventType::StartAnimation => self.start_animation(frame.decode()?, id, out),
            EventType::StopAnimation => self.stop_animation(&frame.decode()?),
            EventType::AnimationFlowControl => self.animation_received(&frame.decode()?),
            EventType::OpenCatalogFile => self.open_catalog_file(frame.decode()?, id, out),
            EventType::CloseCatalogFile => {
                self.close_catalog_file(frame.decode::<m::CloseCatalogFile>()?.file_id);
            }
            EventType::CatalogFilterRequest => self.filter_catalog(&frame.decode()?, id, out),
            EventType::MomentRequest => self.make_moments(&frame.decode()?, id, out),
            EventType::FittingRequest => self.fit(&frame.decode()?, id, out),
            EventType::PvRequest => self.make_pv(&frame.decode()?, id, out),
            EventType::ClosePvPreview => {
                self.close_preview(frame.decode::<m::ClosePvPreview>()?.preview_id);
            }
            EventType::ResumeSession => self.resume(frame.decode()?, id, out),
            // Nothing is sent later: tiles are sent when they are requested, as fast as they are
            // read, and what is calculated is calculated at once.
            EventType::RemoveRequiredTiles
            | EventType::ChannelMapFlowControl
            | EventType::StopPvPreview => {}
            other => crate::log(&format!("ignored {}", other.name())),
        }
        Ok(())
    }

    /// When the animation wants its next frame.
    pub fn next_tick(&self) -> Option<Instant> {
        self.state.animation.as_ref().and_then(Animation::next_tick)
    }

    /// Sends the next frame of the animation, if it is time.
    pub fn tick(&mut self) -> Replies {
        let mut out = Replies::new(self.environment.faults.icd());
        self.animate(&mut out);
        out
    }
}

/// Whether two messages are the same, NaN included.
fn same<M: Message>(a: Option<&M>, b: Option<&M>) -> bool {
    a.map(Message::encode_to_vec) == b.map(Message::encode_to_vec)
}
