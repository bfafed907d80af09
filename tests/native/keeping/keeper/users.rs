//! Whose work it is, and who has no access to it.

use carta_resume::keeping::{
    fault::GOES_ON_IN_MEMORY,
    keeper::{Command, Input, Viewer},
    user::User,
};

use super::support::*;

fn named(name: &str) -> User {
    User::Named(name.into())
}

#[test]
fn nothing_is_looked_for_before_it_is_known_for_whom() {
    for viewer in [Viewer::OfClient, Viewer::OfSocket { rebuilds: true }] {
        let mut bench = Bench::nobody(viewer);
        assert_eq!(bench.does(known()), "");
        assert!(!bench.keeper.is_ready());
        assert_eq!(bench.keeper.user(), None);
        assert_eq!(bench.does(of("ada")), "open");
        assert_eq!(bench.keeper.user(), Some("ada"));

        let mut bench = Bench::nobody(viewer);
        assert_eq!(bench.does(of("ada")), "");
        assert_eq!(bench.does(known()), "open");
    }
}

#[test]
fn the_session_belongs_to_the_first_user_and_nobody_else() {
    let mut bench = Bench::nobody(Viewer::OfClient);
    assert!(!bench.keeper.is_of(&named("")), "no user is known yet");
    bench.does(of("ada"));
    bench.does(known());
    for other in [named("bob"), named(""), named("Ada"), User::Unknown] {
        assert_eq!(bench.does(Input::UserKnown(other.clone())), "");
        assert!(!bench.keeper.is_of(&other), "{other:?}");
        assert!(bench.keeper.is_of(&named("ada")));
        assert_eq!(bench.keeper.user(), Some("ada"));
    }
}

#[test]
fn without_any_login_it_is_everybodys() {
    let mut bench = Bench::nobody(Viewer::OfClient);
    bench.does(of(""));
    assert!(bench.keeper.is_of(&named("")));
    assert_eq!(bench.does(known()), "open");
}

#[test]
fn the_work_of_an_unknown_user_is_stored_nowhere() {
    for viewer in [Viewer::OfClient, Viewer::OfSocket { rebuilds: true }] {
        let mut bench = Bench::nobody(viewer);
        bench.does(known());
        let told = "It is not known who is logged in, so nothing is stored in this browser.";
        let said = format!("report \"{told}{GOES_ON_IN_MEMORY}\", ready");
        assert_eq!(bench.does(Input::UserKnown(User::Unknown)), said);
        assert!(bench.keeper.is_ready() && !bench.keeper.is_open());
        assert_eq!(bench.writes(1), "");
        let list = Input::Command { request: 1, command: Command::List };
        assert_eq!(bench.does(list), format!("settle 1 storage-failed: {told}"));
        // The work survives a drop, as long as the user stays unknown.
        assert!(bench.keeper.is_of(&User::Unknown));
        assert_eq!(bench.does(of("ada")), "");
        assert!(!bench.keeper.is_of(&named("ada")));
        assert!(!bench.keeper.is_open());
    }
}
