//! After a reload, images are made again from what has been restored.

use carta_resume::{
    client::{
        Answer,
        offer::{Kept, Reason},
        remaking::{Remade, RemadeImage},
    },
    protocol::{
        EventType,
        messages::{MomentResponse, views::RegionCalculation},
    },
    tracking::Tracker,
    workspace::Workspace,
};

use super::support::{image, moments, with_moments};
use crate::client::{
    page::Page,
    support::{
        driver::{Effect, Input, wanted},
        frames::frame,
    },
};
use crate::tracking::support::{Session, opened, rectangle};

/// The previous page had image 0 with region 1 on it, and moments of that region.
fn kept() -> Kept {
    let workspace = stored(with_moments().machine.tracker());
    Kept { reason: Reason::PageReloaded, session_id: 7, saved_at: 1, workspace }
}

fn stored(tracker: &Tracker) -> Workspace {
    let mut changed = tracker.workspace().clone();
    changed.note_all();
    let records = changed.take_changes().into_iter().filter_map(|key| tracker.record(key));
    let records: Vec<Vec<u8>> = records.collect();
    Workspace::from_records(&records).unwrap()
}

fn after_reload(page: &Page) -> Remade {
    let told = page.effects.iter().filter_map(|effect| match effect {
        Effect::Remade(remade) => Some(remade.clone()),
        _ => None,
    });
    let told: Vec<Remade> = told.collect();
    assert_eq!(told.len(), 1);
    told[0].clone()
}

#[test]
fn after_a_reload_they_are_made_from_what_has_come_back_under_other_ids() {
    let mut page = Page::asking(kept());
    let offer = page.offers()[0].clone();
    assert_eq!((offer.can_remake.len(), offer.cannot_restore.len()), (1, 2));
    page.input(Input::Ticked { offer: offer.id, calculations: vec![0] });
    page.answer(Answer::Yes);
    let sent = page.effects.iter().find_map(|effect| match effect {
        Effect::Send { frame, .. } if frame.event() == Some(EventType::MomentRequest) => {
            Some(frame.clone())
        }
        _ => None,
    });
    let sent = sent.expect("the viewer has asked");
    let ids: RegionCalculation = sent.decode().unwrap();
    assert_eq!((ids.file_id, ids.region_id), (Some(50), Some(1)), "the ids as they are now");
    assert!(sent.payload().starts_with(moments(4, 0, 1).payload()));
    let response = MomentResponse {
        success: true,
        open_file_acks: vec![image(51), image(52)],
        ..Default::default()
    };
    let answer = frame(EventType::MomentResponse, sent.header().request_id, &response);
    page.input(wanted(page.machine.generation(), answer));
    let images = [(51, 1), (52, 2)].map(|(file_id, was)| RemadeImage { file_id, was: Some(was) });
    assert_eq!(after_reload(&page).made[0].images, images);
    assert_eq!(page.reports()[0].remaking.len(), 1);
}

#[test]
fn after_a_reload_regions_on_them_are_named_whatever_is_ticked() {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::MomentRequest, &RegionCalculation::default());
    let open_file_acks = vec![opened(2, "a.moment0")];
    let response = MomentResponse { success: true, open_file_acks, ..Default::default() };
    session.receive(EventType::MomentResponse, id, &response);
    session.draw(2, 4, rectangle(1.0));
    for calculations in [vec![0], vec![]] {
        let mut page = Page::asking(Kept { workspace: stored(&session.tracker), ..kept() });
        let offer = page.offers()[0].clone();
        page.input(Input::Ticked { offer: offer.id, calculations });
        page.answer(Answer::Yes);
        let restored = &page.reports()[0].restored;
        assert_eq!((restored.success, &restored.failed_regions[..]), (true, &[4][..]));
    }
}

#[test]
fn after_a_reload_what_is_not_ticked_is_named() {
    let mut page = Page::asking(kept());
    page.answer(Answer::Yes);
    let outcome = after_reload(&page);
    let names = outcome.not_made.iter().map(|it| (&*it.calculation.file, &*it.message));
    assert_eq!(names.collect::<Vec<_>>(), [("a.fits", "")]);
    assert!(!page.called.iter().any(|call| call == "requestMoment"));
}
