//! What the machine wants done.

use super::{
    Answer, Driver,
    offer::{KeptView, Offer, Report, RestoreOutcome, WhyArchived},
    problem::Problem,
    remaking::{Remade, RemadeImage, RemakeProgress},
};
use crate::protocol::Frame;

/// Something to do. Effects are carried out in order, each after the machine
/// has been let go, so that what it calls may call back in.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<D: Driver> {
    /// Open a socket.
    Open {
        /// Its number.
        generation: u32,
        /// How many attempts in a row this is, from 1.
        attempt: u32,
    },
    /// Close a socket and forget it; nothing it says counts any more.
    Shut {
        /// Which one.
        generation: u32,
    },
    /// Send a binary message.
    Send {
        /// On which socket.
        generation: u32,
        /// What.
        frame: Frame,
    },
    /// Send the text `PING`.
    Ping {
        /// On which socket.
        generation: u32,
    },
    /// Ask the backend's address something over HTTP; any answer counts.
    Probe,
    /// Give this message of the backend's to the viewer.
    Deliver(D::Message),
    /// Give the viewer a frame of this client's own making.
    Feed(Frame),
    /// The connection of [`Machine::take_over`](super::Machine::take_over) is over, and the viewer
    /// is to know it.
    Ended(Problem),
    /// [`Machine::status`](super::Machine::status) has changed.
    Status,
    /// Connecting has succeeded.
    Connected,
    /// Connecting has failed, for this reason.
    ConnectFailed(Problem),
    /// Ask the user.
    Ask(Offer),
    /// The workspace has changed while the user is asked.
    UpdateOffer(Offer),
    /// There is nothing to ask any more.
    WithdrawOffer,
    /// A resume has ended.
    Resumed(Report),
    /// A viewer is being rebuilt: this much of all is done.
    Rebuilding {
        /// Calls that the viewer has answered.
        done: usize,
        /// Calls in all. Regions count one by one.
        all: usize,
        /// While regions are restored: how many there are again, of how many.
        regions: Option<(usize, usize)>,
    },
    /// The viewer has been rebuilt, or as much of it as was possible. If all of
    /// it was, what [`Effect::ArchiveKept`] put into the archive is not needed.
    Rebuilt {
        /// All of it was wanted, and is there.
        whole: bool,
    },
    /// Images are being made again: this far it is.
    Remaking(RemakeProgress),
    /// These images have been made again, in place of others, and a viewer that does not know
    /// this client has been told.
    RemadeImages(Vec<RemadeImage>),
    /// All images that were wanted have been made again, or cannot be.
    Remade(Remade),
    /// The images of a rebuild are open, and regions follow: how the previous page showed
    /// them. It names no regions and no catalogs yet.
    ViewOfImages(KeptView),
    /// How the previous page showed what is now rebuilt; what came of that is reported
    /// after it.
    View(KeptView),
    /// Report a problem.
    Error(Problem),
    /// A function of the viewer's failed: report it, with what it threw.
    CallbackFailed {
        /// What it means.
        problem: Problem,
        /// What was thrown, if anything was.
        cause: Option<D::Cause>,
    },
    /// A request is answered.
    Fulfilled {
        /// The request's id.
        request_id: u32,
        /// The answer.
        message: D::Message,
    },
    /// This request will not be answered.
    Rejected {
        /// The request's id.
        request_id: u32,
        /// Why.
        problem: Problem,
    },
    /// Remember this session id for the next page of this tab.
    KeepSessionId(u32),
    /// The workspace as it was when this question was answered goes to the
    /// archive; what is kept from now on is another one.
    Archive(WhyArchived),
    /// The same, but what is kept of it is not needed: the archive has all that is in it.
    Discard,
    /// The same as [`Effect::Archive`] for what
    /// [`Machine::offer_for_rebuilding`](super::Machine::offer_for_rebuilding) was given.
    ArchiveKept(WhyArchived),
    /// What [`Machine::restore`](super::Machine::restore) began has ended.
    RestoreEnded(Result<RestoreOutcome, Problem>),
    /// The user wants what another tab has, or this part of it: that tab hands it over, and
    /// then [`Machine::restore_agreed`](super::Machine::restore_agreed) is called.
    TakeOver(Answer),
}
