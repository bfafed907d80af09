//! What is stored of a workspace while requests are unanswered.

use prost::bytes::Bytes;

use super::{ledger::Prospect, tracker::Tracker};
use crate::{
    protocol::{EventType, messages::views::SetRegion},
    workspace::{RecordKey, info_is_acceptable},
};

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
            | RecordKey::Answer(_) => None,
        };
        self.workspace.record(key, sent)
    }

    /// The newest `RegionInfo` of a region that is sent and not answered.
    fn sent_region(&self, id: i32) -> Option<Bytes> {
        for entry in self.ledger.entries().iter().rev() {
            if entry.event == EventType::SetRegion
                && entry.answer.is_some()
                && entry.prospect == Prospect::Wanted
                && let Ok(set) = entry.frame.decode::<SetRegion>()
                && set.region_id == id
                && info_is_acceptable(&set.region_info) == Some(true)
            {
                return Some(set.region_info);
            }
        }
        None
    }
}
