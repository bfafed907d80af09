//! Rebuilding a viewer that starts empty, by calls that it carries out.
//!
//! A CARTA viewer forgets everything when its page is reloaded, and cannot be
//! told about an earlier session. But it carries out SCRIPTING_REQUEST frames
//! that come in on its socket. So what an earlier page kept is opened again by
//! such calls, one after another, each answered by a SCRIPTING_RESPONSE. The
//! viewer then asks the backend for everything itself, under ids that are
//! assigned afresh.
//!
//! What a viewer lacks costs what needs it and nothing else: a file that does
//! not open takes its regions with it, a call that does not exist is passed
//! over.

mod adopting;
mod ahead;
mod answers;
mod calls;
mod checks;
mod idle;
mod importing;
mod json;
mod overlay;
mod plan;
mod stopping;
mod styles;
mod tasks;

use crate::workspace::{IdSet, Workspace};

use importing::Import;
use plan::{Plan, Task};

pub use crate::protocol::scripting::Call;
pub use ahead::Ahead;
pub use calls::close_image;
pub(crate) use calls::remake;
pub use idle::{Idle, Verdict};
pub use importing::{imports_for_us, nothing_to_import};

/// Whether a call has the viewer open a file.
pub fn opens_file(call: &Call) -> bool {
    call.action.starts_with("append")
}

/// Messages that are kept, and characters of each.
const MESSAGES: usize = 50;
const MESSAGE_LENGTH: usize = 300;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// File ids: as kept, and as the viewer has assigned them.
    pub images: Vec<(i32, i32)>,
    /// Region ids: as kept, and as the backend has assigned them.
    pub regions: Vec<(i32, i32)>,
    /// The names that regions were given, by the ids assigned. The viewer tells
    /// them to nobody.
    pub region_names: Vec<(i32, String)>,
    /// File ids of catalogs: as kept, and as the viewer has assigned them.
    pub catalogs: Vec<(i32, i32)>,
    /// File ids as kept.
    pub failed_images: Vec<i32>,
    /// Region ids as kept, those on failed images among them.
    pub failed_regions: Vec<i32>,
    /// Catalogs, under their ids as kept.
    pub failed_catalogs: Vec<i32>,
    /// What could not be restored, for people. At most 50.
    pub messages: Vec<String>,
}

/// Which vector overlays a viewer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overlays {
    Unknown,
    /// As 4.1.0.
    Older,
    /// As 6.0.0.
    Newer,
}

/// The calls, one after another.
///
/// * Made by [`new`](Self::new), told of what the viewer opened by itself by
///   [`adopt`](Self::adopt).
/// * In turn [`next`](Self::next), whose call goes to the viewer,
///   [`answered`](Self::answered) with what comes back, and [`check`](Self::check).
/// * Read: [`progress`](Self::progress), [`outcome`](Self::outcome).
#[derive(Clone, Debug)]
pub struct Rebuild {
    plan: Plan,
    /// The next one last.
    tasks: Vec<Task>,
    /// Tasks, of which those that are about regions count as many as their regions.
    all: usize,
    done: usize,
    under_way: Option<Task>,
    /// The last task in another way.
    again: Option<Task>,
    overlays: Overlays,
    /// Assigned region ids, each of which is believed once.
    region_ids: IdSet,
    /// Images that have had regions before, by their assigned ids.
    drawn_on: IdSet,
    /// The last region that was drawn: its image, its place there, its assigned id.
    drawn: Option<(usize, usize, i32)>,
    /// The viewer can import regions.
    imports: bool,
    /// Regions, those among them that were there already.
    regions: usize,
    stopped: bool,
    import: Option<Import>,
    /// Ids of regions that are not to stay.
    removed: Vec<i32>,
    outcome: Outcome,
}

impl Rebuild {
    /// The harmless call by which a viewer is recognised: whatever it answers,
    /// it can be rebuilt. It asks for the file id of the image in view.
    pub fn probe() -> Call {
        calls::property(-1, "frameInfo.fileId")
    }

    /// What to rebuild.
    pub fn new(workspace: &Workspace) -> Self {
        let mut rebuild = Self {
            plan: Plan::new(workspace),
            tasks: Vec::new(),
            all: 0,
            done: 0,
            under_way: None,
            again: None,
            overlays: Overlays::Unknown,
            region_ids: IdSet::new(),
            drawn_on: IdSet::new(),
            drawn: None,
            imports: false,
            regions: 0,
            stopped: false,
            import: None,
            removed: Vec::new(),
            outcome: Outcome::default(),
        };
        rebuild.begin();
        rebuild
    }

    fn begin(&mut self) {
        self.tasks = self.plan.tasks();
        self.tasks.reverse();
        let regions = self.plan.region_count();
        self.all = self.tasks.len() + regions;
        self.regions = regions + self.outcome.regions.len();
    }

    /// The rest is not wanted.
    pub fn stop(&mut self) {
        self.stopped = true;
        self.import_no_more();
    }

    /// The next call. `None` = done, or one is under way.
    #[allow(clippy::should_implement_trait)] // It waits for answers.
    pub fn next(&mut self) -> Option<Call> {
        if self.under_way.is_some() {
            return None;
        }
        if self.stopped {
            self.leave_the_rest();
        }
        loop {
            let task = self.again.take().or_else(|| self.tasks.pop())?;
            if let Some(call) = self.call(task) {
                self.under_way = Some(task);
                return Some(call);
            }
            self.done += task.weight();
        }
    }

    /// Whether all images are open, and the next calls are about regions.
    pub const fn regions_follow(&self) -> bool {
        matches!(self.under_way, Some(Task::AskAboutImporting))
    }

    /// Calls that are done, and calls in all.
    pub const fn progress(&self) -> (usize, usize) {
        (self.done, self.all)
    }

    /// The same of regions only, while they are being restored.
    pub fn regions_progress(&self) -> Option<(usize, usize)> {
        let Outcome { regions, failed_regions, .. } = &self.outcome;
        let restores = matches!(self.under_way, Some(Task::Import(_) | Task::AddRegion(..)));
        let done = regions.len() + failed_regions.len() + self.on_their_way();
        restores.then_some((done, self.regions))
    }

    /// What came of it.
    pub fn outcome(&self) -> Outcome {
        self.outcome.clone()
    }

    /// Something of an image could not be restored, if there is a message.
    fn lost(&mut self, what: &str, at: usize, message: Option<&str>) {
        if let Some(image) = self.plan.images.get(at)
            && let Some(message) = message
        {
            let message = told(&[what, &image.kept.file], message);
            self.tell(message);
        }
    }

    fn tell(&mut self, message: String) {
        if self.outcome.messages.len() < MESSAGES && self.outcome.messages.last() != Some(&message)
        {
            self.outcome.messages.push(message);
        }
    }
}

/// Says what could not be restored, and why.
fn told(what: &[&str], why: &str) -> String {
    let what = what.concat();
    let message = match why.trim() {
        "" => format!("{what} could not be restored."),
        why => format!("{what} could not be restored: {}.", why.trim_end_matches('.')),
    };
    message.chars().take(MESSAGE_LENGTH).collect()
}
