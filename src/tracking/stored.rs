//! What is stored of a workspace while requests are unanswered.

use prost::bytes::Bytes;

use super::{ledger::Prospect, subject::Subject, tracker::Tracker};
use crate::{protocol::EventType, workspace::RecordKey};

impl Tracker {
    /// A part of the workspace as a record, `None` if there is nothing to
    /// restore of it.
    ///
    /// A region is as the viewer has last sent it, even if the backend has not
    /// answered yet: a page that is reloaded cannot wait for that.
    pub fn record(&self, key: RecordKey) -> Option<Vec<u8>> {
        let sent = match key {
            RecordKey::Region(id) => self.sent_region(id),
            RecordKey::Image(_)
            | RecordKey::Catalog(_)
            | RecordKey::Requirement(_)
            | RecordKey::Answer(_)
            | RecordKey::ViewPart(_) => None,
        };
        self.workspace.record(key, sent)
    }

    /// The newest `RegionInfo` of a region that is sent and not answered.
    fn sent_region(&self, id: i32) -> Option<Bytes> {
        for entry in self.ledger.entries().iter().rev() {
            if entry.event == EventType::SetRegion
                && entry.answer.is_some()
                && entry.prospect == Prospect::Wanted
                && matches!(entry.subject, Some(Subject::Region { id: Some(sent), .. }) if sent == id)
                && let Some((set, true)) = entry.region()
            {
                return Some(set.region_info);
            }
        }
        None
    }
}
