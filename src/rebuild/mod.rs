//! Rebuilding a viewer that starts empty, by calls that it carries out.
//!
//! A CARTA viewer forgets everything when its page is reloaded, and cannot be
//! told about an earlier session. But it carries out SCRIPTING_REQUEST frames
//! that come in on its socket. So what an earlier page kept is opened again by
//! such calls, one after another, each answered by a SCRIPTING_RESPONSE. The
//! viewer then asks the backend for everything itself, under ids that are
//! assigned anew.
//!
//! What a viewer lacks costs what needs it and nothing else: a file that does
//! not open takes its regions with it, a call that does not exist is passed
//! over.

mod calls;
mod checks;
mod idle;
mod importing;
mod json;
mod overlay;
mod plan;
mod styles;

use crate::workspace::{IdSet, Workspace};

use importing::Import;
use plan::{Plan, Task};

pub use crate::protocol::scripting::Call;
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
    #[allow(clippy::needless_pass_by_value)] // It is used up.
    pub fn new(workspace: Workspace) -> Self {
        let mut rebuild = Self {
            plan: Plan::new(&workspace),
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

    /// Takes what the viewer has open already, because its page's address told it
    /// to or because it came back before, for what was kept, so that nothing is
    /// there twice. To be called before the first [`next`](Self::next).
    pub fn adopt(&mut self, open: &Workspace) {
        let open = open.viewer_state();
        for mut image in open.images {
            if !image.regions.is_empty() {
                self.drawn_on.insert(image.file_id, ());
            }
            let mut kept = self.plan.images.iter_mut();
            let Some(kept) = kept.find(|kept| kept.id.is_none() && kept.kept.is_same_file(&image))
            else {
                continue;
            };
            kept.id = Some(image.file_id);
            kept.at = (image.channel, image.stokes);
            self.outcome.images.push((kept.kept.file_id, image.file_id));
            kept.regions.retain(|region| {
                let mut there = image.regions.iter();
                let Some(at) = there.position(|there| there.is_same_shape(&region.kept)) else {
                    return true;
                };
                // Two that look the same are two.
                let id = image.regions.remove(at).region_id;
                self.region_ids.insert(id, ());
                self.outcome.regions.push((region.kept.region_id, id));
                false
            });
        }
        for catalog in open.catalogs {
            let mut kept = self.plan.catalogs.iter();
            if let Some(at) = kept.position(|kept| kept.is_same_file(&catalog)) {
                let kept = self.plan.catalogs.remove(at);
                self.outcome.catalogs.push((kept.file_id, catalog.file_id));
            }
        }
        self.begin();
    }

    /// The rest is not wanted.
    pub fn stop(&mut self) {
        self.stopped = true;
        self.import_no_more();
    }

    /// What is left counts as failed.
    fn leave_the_rest(&mut self) {
        let again = self.again.take();
        for task in again.into_iter().chain(std::mem::take(&mut self.tasks).into_iter().rev()) {
            let regions = match task {
                Task::Open(at) => {
                    let image = self.plan.images.get(at).filter(|image| image.id.is_none());
                    self.outcome.failed_images.extend(image.map(|image| image.kept.file_id));
                    continue;
                }
                Task::OpenCatalog(at) => {
                    let catalog = self.plan.catalogs.get(at);
                    self.outcome.failed_catalogs.extend(catalog.map(|catalog| catalog.file_id));
                    continue;
                }
                Task::AskAboutImporting => self.plan.regions(),
                Task::Import(at) => {
                    let count = self.plan.images.get(at).map_or(0, |image| image.regions.len());
                    (0..count).map(|place| Task::AddRegion(at, place)).collect()
                }
                Task::AddRegion(..) => vec![task],
                _ => continue,
            };
            for task in regions {
                let Task::AddRegion(at, place) = task else { continue };
                let image = self.plan.images.get(at);
                let region = image.and_then(|image| image.regions.get(place));
                self.outcome.failed_regions.extend(region.map(|region| region.kept.region_id));
            }
        }
        if self.done < self.all || !self.outcome.failed_regions.is_empty() {
            self.done = self.all;
            self.tell("It was stopped before everything was restored.".to_owned());
        }
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

    /// The viewer's answer to the call under way: its result as JSON, and for
    /// people why there is none. Ignored if no call is under way.
    pub fn answered(&mut self, success: bool, value: &str, message: &str) {
        let Some(task) = self.under_way.take() else { return };
        let failed = (!success).then_some(message);
        let id = id(value).filter(|_| success);
        match task {
            Task::Open(at) => self.opened(at, id, message),
            Task::AskMatching(at) => self.told_of_matching(at, id),
            Task::AskAboutImporting => self.told_of_importing(id.is_some()),
            Task::Import(at) => self.imported(at, success),
            Task::AddRegion(at, region) => self.region_added(at, region, id),
            Task::OpenCatalog(at) => self.catalog_opened(at, id, message),
            Task::SetChannels(at) => self.lost("The channel of ", at, failed),
            Task::SetContours(at) | Task::DrawContours(at) => {
                self.lost("The contours of ", at, failed);
            }
            Task::SetOverlay(at) | Task::DrawOverlay(at) => {
                self.lost("The vector overlay of ", at, failed);
            }
            Task::AskAboutOverlays { older } => self.told_of_overlays(older, value),
            Task::AskAboutShowing { image, older } if id.is_some() => {
                self.again = Some(Task::Show { image, older });
            }
            Task::AskAboutShowing { image, older: false } => {
                self.again = Some(Task::AskAboutShowing { image, older: true });
            }
            // Nothing is lost without them: the viewer itself tells the backend
            // of an image's channel once the image is looked at, and whether a region
            // is on its image is checked.
            Task::NameStokesFiles(_)
            | Task::Unmatch(_)
            | Task::RemoveRegion(..)
            | Task::AnnounceChannels(_)
            | Task::FlushChannels(_)
            | Task::AskAboutShowing { .. }
            | Task::Show { .. } => {}
        }
        if self.again.is_none() {
            self.done += task.weight();
        }
    }

    fn told_of_importing(&mut self, imports: bool) {
        self.imports = imports;
        let tasks = if imports { self.plan.imports() } else { self.plan.regions() };
        self.tasks.extend(tasks.into_iter().rev());
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

    /// The call of a task; `None` if there is nothing to do it on.
    fn call(&mut self, task: Task) -> Option<Call> {
        match task {
            Task::Open(at) => {
                // A viewer that shows nothing yet shows the first one.
                let in_view = self.outcome.images.is_empty();
                let image = self.plan.images.get(at).filter(|image| image.id.is_none())?;
                Some(if image.kept.is_joined() {
                    calls::join(&image.kept)
                } else {
                    calls::open(&image.kept, in_view)
                })
            }
            Task::NameStokesFiles(at) => {
                let (id, image) = self.image(at)?;
                Some(calls::name_stokes_files(id, &image.kept))
            }
            Task::SetChannels(at) => {
                let (id, image) = self.image(at)?;
                Some(calls::set_channels(id, &image.kept))
            }
            Task::AnnounceChannels(at) => Some(calls::announce_channels(self.image(at)?.0)),
            Task::FlushChannels(at) => self.image(at).map(|_| calls::flush_channels()),
            Task::AskMatching(at) => Some(calls::reference(self.image(at)?.0)),
            Task::Unmatch(at) => Some(calls::unmatch(self.image(at)?.0)),
            Task::AskAboutImporting if self.outcome.images.is_empty() => {
                self.told_of_importing(false);
                None
            }
            Task::AskAboutImporting => Some(calls::imports()),
            Task::Import(at) => self.import_call(at),
            Task::AddRegion(at, region) => self.region_call(at, region),
            Task::RemoveRegion(at, id) => Some(calls::remove_region(self.image(at)?.0, id)),
            Task::SetContours(at) => {
                let (id, image) = self.image(at)?;
                Some(calls::set_contours(id, image.kept.contours.as_ref()?))
            }
            Task::DrawContours(at) => Some(calls::draw_contours(self.image(at)?.0)),
            Task::AskAboutOverlays { older, .. } => {
                // Any open image can tell.
                let &(_, id) = self.outcome.images.first()?;
                let property = if older { "pixelAveragingEnabled" } else { "thresholdOption" };
                Some(calls::property(id, &format!("vectorOverlayConfig.{property}")))
            }
            Task::SetOverlay(at) => {
                let (id, image) = self.image(at)?;
                let overlay = image.overlay.as_ref()?;
                match self.overlays {
                    Overlays::Newer => Some(calls::set_overlay(id, overlay, false)),
                    Overlays::Older => Some(calls::set_overlay(id, overlay, true)),
                    Overlays::Unknown => {
                        self.lost(
                            "The vector overlay of ",
                            at,
                            Some("the viewer does not support it"),
                        );
                        None
                    }
                }
            }
            Task::DrawOverlay(at) => match self.overlays {
                Overlays::Unknown => None,
                Overlays::Older | Overlays::Newer => Some(calls::draw_overlay(self.image(at)?.0)),
            },
            Task::AskAboutShowing { image, older } => {
                self.image(image).map(|_| calls::shows(older))
            }
            Task::Show { image, older } => Some(calls::show(self.image(image)?.0, older)),
            Task::OpenCatalog(at) => {
                let catalog = self.plan.catalogs.get(at)?;
                if self.outcome.images.is_empty() {
                    let id = catalog.file_id;
                    self.outcome.failed_catalogs.push(id);
                    return None;
                }
                Some(calls::open_catalog(catalog))
            }
        }
    }

    fn region_call(&mut self, at: usize, region: usize) -> Option<Call> {
        let image = self.plan.images.get(at)?;
        let region = image.regions.get(region)?;
        match image.id {
            Some(id) if region.is_finite() && !image.shows_others => {
                Some(calls::add_region(id, &region.kept, &region.style.name))
            }
            _ => {
                self.outcome.failed_regions.push(region.kept.region_id);
                None
            }
        }
    }

    /// An image that is open.
    fn image(&self, at: usize) -> Option<(i32, &plan::Image)> {
        let image = self.plan.images.get(at)?;
        Some((image.id?, image))
    }

    fn opened(&mut self, at: usize, id: Option<i32>, message: &str) {
        // Each is believed once.
        let id = id.filter(|&id| self.outcome.images.iter().all(|&(_, other)| other != id));
        let Some(image) = self.plan.images.get_mut(at) else { return };
        image.id = id;
        let kept = image.kept.file_id;
        if let Some(id) = id {
            self.outcome.images.push((kept, id));
        } else {
            self.outcome.failed_images.push(kept);
            self.lost("", at, Some(message));
        }
    }

    fn region_added(&mut self, at: usize, place: usize, id: Option<i32>) {
        let image = self.plan.images.get_mut(at);
        let Some(region) = image.and_then(|image| image.regions.get_mut(place)) else { return };
        let name = std::mem::take(&mut region.style.name);
        match id {
            Some(id) if id > 0 && !self.region_ids.contains_key(&id) => {
                self.region_ids.insert(id, ());
                self.drawn = Some((at, place, id));
                self.outcome.regions.push((region.kept.region_id, id));
                if !name.is_empty() {
                    self.outcome.region_names.push((id, name));
                }
            }
            _ => self.outcome.failed_regions.push(region.kept.region_id),
        }
    }

    fn catalog_opened(&mut self, at: usize, id: Option<i32>, message: &str) {
        let Some(catalog) = self.plan.catalogs.get(at) else { return };
        match id {
            Some(id) if self.outcome.catalogs.iter().all(|&(_, other)| other != id) => {
                self.outcome.catalogs.push((catalog.file_id, id));
            }
            _ => {
                self.outcome.failed_catalogs.push(catalog.file_id);
                let message = told(&[&catalog.name], message);
                self.tell(message);
            }
        }
    }

    /// The value of a property that only newer, or only older viewers have.
    fn told_of_overlays(&mut self, older: bool, value: &str) {
        let known = !matches!(value.trim(), "" | "null");
        match (known, older) {
            (true, false) => self.overlays = Overlays::Newer,
            (true, true) => self.overlays = Overlays::Older,
            (false, false) => self.again = Some(Task::AskAboutOverlays { older: true }),
            (false, true) => {}
        }
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

/// A number of 0 or above that a viewer gave as JSON.
fn id(value: &str) -> Option<i32> {
    let value = value.trim();
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    value.parse().ok()
}
