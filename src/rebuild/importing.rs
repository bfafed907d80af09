//! Many regions at once. The viewer is made to import them from a file that does not
//! exist: its IMPORT_REGION does not reach the backend. The backend gets the regions one
//! by one, and the viewer is answered with those that it has taken.

use std::collections::VecDeque;

use prost::Message;

use super::{Rebuild, calls, plan::Task};
use crate::{
    protocol::{
        EventType, Frame, Header,
        messages::{
            SetRegionAck,
            views::{FirstId, RegionEntry, RegionsToShow, SetRegion, StyleToShow},
        },
        scripting::Call,
    },
    workspace::Workspace,
};

/// The name of that file.
const FILE: &str = "carta-resume regions";

/// So many are on their way to the backend at a time.
const AT_ONCE: usize = 1_000;

/// Progress is told after so many.
const TOLD_AFTER: usize = 100;

/// A region by its place on its image, and the id that it gets.
type Placed = (usize, i32);

/// Regions of one image that are on their way to a viewer.
#[derive(Clone, Debug)]
pub(super) struct Import {
    /// The image's place in the plan, and its assigned id.
    at: usize,
    file_id: i32,
    /// They have no ids yet.
    places: Vec<usize>,
    /// The viewer's IMPORT_REGION.
    asked: Option<Header>,
    answered: bool,
    /// What the backend has not got, the next one last.
    waiting: Vec<Placed>,
    /// What it has not answered, by the request. It answers in turn.
    sent: VecDeque<(u32, Placed)>,
    there: Vec<Placed>,
    /// A connection was lost meanwhile: one after another, so that it shows which
    /// region stops the backend.
    careful: bool,
}

impl Import {
    /// Regions that the backend has.
    pub(super) const fn there(&self) -> usize {
        self.there.len()
    }
}

/// Whether this is an IMPORT_REGION that a viewer sends because it is called for it.
pub fn imports_for_us(frame: &Frame) -> bool {
    use crate::protocol::messages::ImportRegion;
    frame.event() == Some(EventType::ImportRegion)
        && frame.decode::<ImportRegion>().is_ok_and(|import| import.file == FILE)
}

/// Answers one that nobody waits for any more. A refusal would be shown to the user.
pub fn nothing_to_import(request: Header) -> Frame {
    answer(request, &RegionsToShow { success: true, ..RegionsToShow::default() })
}

fn answer(request: Header, message: &RegionsToShow) -> Frame {
    Frame::encode(Header { event_type: EventType::ImportRegionAck.number(), ..request }, message)
}

impl Rebuild {
    /// The call for all regions of an image, which draws them once; `None` if there is
    /// nothing to call for.
    pub(super) fn import_call(&mut self, at: usize) -> Option<Call> {
        let image = self.plan.images.get(at)?;
        if !self.imports {
            let places = (0..image.regions.len()).rev();
            self.tasks.extend(places.map(|place| Task::AddRegion(at, place)));
            return None;
        }
        let file_id = image.id.filter(|_| !image.shows_others);
        let mut places = Vec::new();
        for (place, region) in image.regions.iter().enumerate() {
            if file_id.is_some() && region.is_finite() {
                places.push(place);
            } else {
                self.outcome.failed_regions.push(region.kept.region_id);
                self.done += 1;
            }
        }
        let file_id = file_id.filter(|_| !places.is_empty())?;
        self.import = Some(Import {
            at,
            file_id,
            places,
            asked: None,
            answered: false,
            waiting: Vec::new(),
            sent: VecDeque::new(),
            there: Vec::new(),
            careful: false,
        });
        Some(calls::import_regions(file_id, FILE))
    }

    /// Whether the next call has the viewer import regions. There must be no region then
    /// whose id the backend is still to choose.
    pub fn imports_next(&self) -> bool {
        self.imports && matches!(self.tasks.last(), Some(Task::Import(_)))
    }

    /// The viewer asks for what it is called to import; false if it is not.
    pub fn import_asked(&mut self, request: &Frame, open: &Workspace) -> bool {
        let Some(import) = self.import.as_mut().filter(|import| import.asked.is_none()) else {
            return false;
        };
        import.asked = Some(request.header());
        let FirstId { id } = request.decode().unwrap_or_default();
        if id == import.file_id {
            self.number_regions(open);
            if self.stopped {
                self.import_no_more();
            }
        } else {
            let at = import.at;
            for place in std::mem::take(&mut import.places) {
                self.region_failed(at, place);
            }
            self.lost("The regions of ", at, Some("the image is matched to another one"));
        }
        true
    }

    /// Each keeps its id if nothing else has it. The largest is sent first: what the user
    /// draws meanwhile gets one above it.
    fn number_regions(&mut self, open: &Workspace) {
        let Some(import) = &mut self.import else { return };
        let Some(image) = self.plan.images.get(import.at) else { return };
        let mut last = self.plan.last_region_id.max(open.last_region_id());
        let mut renumbered = Vec::new();
        for place in std::mem::take(&mut import.places) {
            let Some(region) = image.regions.get(place) else { continue };
            let kept = region.kept.region_id;
            if open.owner(kept).is_none() && !self.region_ids.contains_key(&kept) {
                import.waiting.push((place, kept));
                self.region_ids.insert(kept, ());
            } else {
                last = last.saturating_add(1);
                renumbered.push((place, last));
                self.region_ids.insert(last, ());
            }
        }
        self.plan.last_region_id = last;
        import.waiting.append(&mut renumbered);
    }

    /// The payload of the next SET_REGION, if one is to be sent now;
    /// [`region_sent`](Self::region_sent) is told of it.
    pub fn region_to_send(&self) -> Option<Vec<u8>> {
        let import = self.import.as_ref()?;
        let &(place, region_id) = import.waiting.last()?;
        if import.sent.len() >= if import.careful { 1 } else { AT_ONCE } {
            return None;
        }
        let set = self.set_region(import, place, region_id)?;
        Some(set.encode_to_vec())
    }

    fn set_region(&self, import: &Import, place: usize, region_id: i32) -> Option<SetRegion> {
        let region = self.plan.images.get(import.at)?.regions.get(place)?;
        let (file_id, region_info) = (import.file_id, region.info.clone());
        Some(SetRegion { file_id, region_id, region_info, preview_region: false })
    }

    /// Regions that the backend has and the viewer has not got yet.
    pub(super) fn on_their_way(&self) -> usize {
        self.import.as_ref().map_or(0, |import| import.there() / TOLD_AFTER * TOLD_AFTER)
    }

    /// What was not sent yet is not wanted any more.
    pub(super) fn import_no_more(&mut self) {
        let Some(import) = &mut self.import else { return };
        let at = import.at;
        let waiting = std::mem::take(&mut import.waiting);
        for place in waiting.into_iter().map(|(place, _)| place) {
            self.region_failed(at, place);
        }
    }

    /// It was sent as this request.
    pub fn region_sent(&mut self, request_id: u32) {
        if let Some(import) = &mut self.import
            && let Some(region) = import.waiting.pop()
        {
            import.sent.push_back((request_id, region));
        }
    }

    /// Whether the backend is to answer a SET_REGION of this request.
    pub fn awaits_region(&self, request_id: u32) -> bool {
        let mut sent = self.import.iter().flat_map(|import| &import.sent);
        sent.any(|&(id, _)| id == request_id)
    }

    /// The backend's answer to it.
    pub fn region_answered(&mut self, answer: &Frame, open: &mut Workspace) {
        let ack: SetRegionAck = answer.decode().unwrap_or_default();
        let Some(import) = &mut self.import else { return };
        let request_id = answer.header().request_id;
        let found = import.sent.iter().position(|&(id, _)| id == request_id);
        let region = found.and_then(|found| import.sent.remove(found));
        let Some((_, (place, id))) = region else { return };
        if ack.success && ack.region_id == id {
            import.there.push((place, id));
            return self.note_region(place, id, open);
        }
        let at = import.at;
        if ack.success {
            self.removed.push(id);
            if open.owner(ack.region_id).is_none() {
                self.removed.push(ack.region_id);
            }
            self.lost("A region of ", at, Some("the backend did not take it as it was"));
        }
        self.region_failed(at, place);
    }

    /// The backend has it. Its name is noted now, so that it is written once.
    fn note_region(&self, place: usize, id: i32, open: &mut Workspace) {
        let Some(import) = &self.import else { return };
        let Some(set) = self.set_region(import, place, id) else { return };
        open.region_set(&set, true, id);
        let image = self.plan.images.get(import.at);
        if let Some(region) = image.and_then(|image| image.regions.get(place)) {
            open.name_region(id, &region.style.name);
        }
    }

    /// The connection was lost. A region that was under way twice is not sent again.
    pub fn connection_lost(&mut self) {
        let Some(import) = &mut self.import else { return };
        if import.sent.is_empty() {
            return;
        }
        if import.careful {
            return self.give_up_on_regions("the backend went away, twice");
        }
        import.careful = true;
        let lost = std::mem::take(&mut import.sent);
        import.waiting.extend(lost.into_iter().rev().map(|(_, region)| region));
    }

    /// Regions that the backend does not answer in time are given up; false if there are
    /// none.
    pub fn regions_overdue(&mut self) -> bool {
        let waits = self.import.as_ref().is_some_and(|import| !import.sent.is_empty());
        if waits {
            self.import_no_more();
            self.give_up_on_regions("the backend did not answer in time");
        }
        waits
    }

    fn give_up_on_regions(&mut self, why: &str) {
        let Some(import) = &mut self.import else { return };
        let at = import.at;
        for (_, (place, id)) in std::mem::take(&mut import.sent) {
            self.removed.push(id);
            self.region_failed(at, place);
        }
        self.lost("A region of ", at, Some(why));
    }

    /// The answer that the viewer waits for, once the backend has answered all.
    pub fn import_answer(&mut self) -> Option<Frame> {
        let import = self.import.as_mut().filter(|import| !import.answered)?;
        let request = import.asked?;
        if !import.waiting.is_empty() || !import.sent.is_empty() {
            return None;
        }
        import.answered = true;
        let image = self.plan.images.get(import.at)?;
        let mut message = RegionsToShow { success: true, ..RegionsToShow::default() };
        for &(place, id) in &import.there {
            let region = image.regions.get(place)?;
            let info = Some(region.info.clone());
            message.regions.push(RegionEntry { region_id: Some(id), info });
            let style = Some(region.style.clone());
            message.region_styles.push(StyleToShow { region_id: id, style });
        }
        Some(answer(request, &message))
    }

    /// The viewer has answered the call.
    pub(super) fn imported(&mut self, at: usize, success: bool) {
        self.import_no_more();
        let Some(import) = self.import.take() else { return };
        if import.asked.is_none() {
            // Not in this way, then.
            self.imports = false;
            self.tasks.push(Task::Import(at));
            return;
        }
        for (_, region) in import.sent {
            self.removed.push(region.1);
            self.region_failed(at, region.0);
        }
        for (place, id) in import.there {
            if success {
                self.region_shown(at, place, id);
            } else {
                self.removed.push(id);
                self.region_failed(at, place);
            }
        }
        if !success {
            self.lost("Regions of ", at, Some("the viewer did not take them"));
        }
    }

    fn region_shown(&mut self, at: usize, place: usize, id: i32) {
        let image = self.plan.images.get_mut(at);
        let Some(region) = image.and_then(|image| image.regions.get_mut(place)) else { return };
        self.outcome.regions.push((region.kept.region_id, id));
        let name = std::mem::take(&mut region.style.name);
        if !name.is_empty() {
            self.outcome.region_names.push((id, name));
        }
        self.done += 1;
    }

    fn region_failed(&mut self, at: usize, place: usize) {
        let image = self.plan.images.get(at);
        let Some(region) = image.and_then(|image| image.regions.get(place)) else { return };
        self.outcome.failed_regions.push(region.kept.region_id);
        self.done += 1;
    }

    /// Ids of regions that the backend may have, and nobody else.
    pub fn take_removed(&mut self, open: &mut Workspace) -> Vec<i32> {
        let mut removed = std::mem::take(&mut self.removed);
        removed.retain(|id| *id > 0 && !self.outcome.regions.iter().any(|(_, new)| new == id));
        for &id in &removed {
            let _ = open.remove_region(id);
        }
        removed
    }
}
