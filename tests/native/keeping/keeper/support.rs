//! A keeper, its inputs and its effects, in short words.

use std::rc::Rc;

use carta_resume::{
    client::{
        Now,
        offer::{Kept, Reason},
    },
    keeping::{
        fault::Fault,
        keeper::{Effect, Input, Keeper, Removal, Source, TabMemory, Viewer},
        last_write,
        session::{Claim, Contents, Found, Stored, Write},
        user::User,
    },
    tracking::Tracker,
    workspace::{ImageSpec, OfferImage, StokesFileState},
};

pub const ADDRESS: &str = "ws://a/";

pub struct Bench {
    pub keeper: Keeper,
    pub tracker: Tracker,
    pub now: u64,
    /// The writes that it requested, in order.
    pub writes: Vec<Rc<Write>>,
    pub noted: Option<String>,
    pub kept: Option<Kept>,
    pub file: Option<Vec<u8>>,
}

impl Bench {
    /// Without a login.
    pub fn of(viewer: Viewer) -> Self {
        let mut bench = Self::nobody(viewer);
        assert_eq!(bench.does(of("")), "");
        bench
    }

    /// It is not yet known who is using the viewer.
    pub fn nobody(viewer: Viewer) -> Self {
        Self {
            keeper: Keeper::new(viewer, true),
            tracker: Tracker::new(1_000),
            now: 1_000,
            writes: Vec::new(),
            noted: None,
            kept: None,
            file: None,
        }
    }

    pub fn new() -> Self {
        Self::of(Viewer::OfClient)
    }

    /// With the database open, and this in the tab's memory.
    pub fn opened(viewer: Viewer, memory: TabMemory) -> Self {
        let mut bench = Self::of(viewer);
        let key = memory.key.clone().unwrap_or_default();
        assert_eq!(bench.does(known()), "open");
        assert_eq!(bench.does(Input::Opened(Ok(memory))), format!("claim {key}"));
        bench
    }

    /// With a new session that has nothing in it yet.
    pub fn with_session(viewer: Viewer) -> Self {
        let memory = TabMemory { key: Some("own".into()), ..TabMemory::default() };
        let mut bench = Self::opened(viewer, memory);
        assert_eq!(bench.does(claimed("own", None)), "forget-write, remember own, ready");
        bench
    }

    /// The same, with a new viewer that may be rebuilt from what is stored.
    pub fn with_earlier() -> Self {
        let memory = TabMemory { key: Some("own".into()), ..TabMemory::default() };
        let mut bench = Self::opened(Viewer::OfSocket { rebuilds: true }, memory);
        let found = claimed("own", Some((Reason::PageReloaded, stored())));
        assert_eq!(bench.does(found), "forget-write, remember own, offer page-reloaded, ready");
        assert_eq!(bench.does(Input::Adopted(true)), "");
        bench
    }

    pub fn does(&mut self, input: Input) -> String {
        self.keeper.handle(Now { monotonic: self.now, wall: self.now }, input);
        self.wants()
    }

    /// What it wants now.
    pub fn wants(&mut self) -> String {
        let mut words = Vec::new();
        while let Some(effect) = self.keeper.poll_effect() {
            words.push(self.said(effect));
        }
        words.join(", ")
    }

    /// Something in the workspace changes, and is written when it is due.
    pub fn writes(&mut self, file_id: i32) -> String {
        self.changes(file_id);
        self.flushes()
    }

    /// Something in the workspace changes.
    pub fn changes(&mut self, file_id: i32) {
        let image = ImageSpec { file_id, file: "a.fits".into(), ..ImageSpec::default() };
        self.tracker.workspace_mut().open_image(image).unwrap();
        let before = self.does(Input::Changed);
        assert_eq!(before, "");
    }

    pub fn flushes(&mut self) -> String {
        self.now = self.now.max(self.keeper.deadline().unwrap_or_default());
        let (session_id, saved_at) = (5, self.now);
        self.keeper.flush(&mut Source { tracker: &mut self.tracker, session_id, saved_at });
        self.wants()
    }

    pub fn written(&mut self, number: u64, outcome: Result<(), Fault>) -> String {
        self.does(Input::Written { number, outcome })
    }

    fn said(&mut self, effect: Effect) -> String {
        match effect {
            Effect::Open => "open".into(),
            Effect::Claim { address, key } => {
                assert_eq!(address, ADDRESS);
                format!("claim {}", key.unwrap_or_default())
            }
            Effect::WriteAgain(write) => {
                self.writes.push(write);
                "write-again".into()
            }
            Effect::LoadUnfinished { id } => format!("load-unfinished {id}"),
            Effect::Adopt(kept) => self.takes("adopt", kept),
            Effect::OfferForRebuilding(kept) => self.takes("offer", kept),
            Effect::Ready => "ready".into(),
            Effect::Write(write) => {
                let names: Vec<&str> =
                    write.records.iter().map(|(name, _)| name.as_str()).collect();
                let said = format!("write {} [{}]", write.number, names.join(" "));
                self.writes.push(write);
                said
            }
            Effect::Archive(why) => format!("archive {}", why.name()),
            Effect::MarkDamaged => "mark-damaged".into(),
            Effect::RememberKey(key) => format!("remember {key}"),
            Effect::RememberRebuilding(id) => {
                format!("rebuilding {}", id.unwrap_or_else(|| "done".into()))
            }
            Effect::NoteLastWrite(text) => {
                self.noted = Some(text);
                "note-write".into()
            }
            Effect::NoteUnclaimed(text) => {
                self.noted = Some(text);
                "note-unclaimed".into()
            }
            Effect::ForgetLastWrite => "forget-write".into(),
            Effect::DisownSessionId => "disown".into(),
            Effect::Suspend => "suspend".into(),
            Effect::Wake => "wake".into(),
            Effect::List { request, is_empty } => {
                format!("list {request}{}", if is_empty { " empty" } else { "" })
            }
            Effect::Load { request, id, to } => format!("load {request} {id} {to:?}"),
            Effect::Import { request, write } => {
                self.writes.push(write);
                format!("import {request}")
            }
            Effect::Export { request, file } => {
                self.file = Some(file);
                format!("export {request}")
            }
            Effect::Restore { request, id, kept } => {
                let said = format!("restore {request} {id}");
                self.kept = Some(kept);
                said
            }
            Effect::RestoreAgreed { request, id, kept, answer } => {
                self.kept = Some(kept);
                format!("restore-agreed {request} {id} {answer:?}")
            }
            Effect::FindOthers { address } => {
                assert_eq!(address, ADDRESS);
                "find-others".into()
            }
            Effect::AskTab { key, after } => format!("ask {key} after {after}"),
            Effect::TakeOver { key } => format!("take-over {key}"),
            Effect::Moved => "moved".into(),
            Effect::Remove { purpose, what } => match what {
                Removal::One(id) => format!("remove {purpose:?} {id}"),
                Removal::AllOf(address) => {
                    assert_eq!(address, ADDRESS);
                    format!("remove {purpose:?} all")
                }
            },
            Effect::Settle { request, outcome } => match outcome {
                Ok(answer) => format!("settle {request} {answer}"),
                Err(problem) => {
                    format!("settle {request} {}: {}", problem.code.name(), problem.message)
                }
            },
            Effect::Report(problem) => {
                let (code, message) = (problem.code.name(), problem.message);
                match code {
                    "storage-failed" => format!("report \"{message}\""),
                    _ => format!("report {code}"),
                }
            }
            Effect::Close => "close".into(),
            Effect::Forget { address } => format!("forget {address}"),
            Effect::Ended => "ended".into(),
        }
    }

    fn takes(&mut self, what: &str, kept: Kept) -> String {
        let said =
            format!("{what} {}", serde_json::to_value(kept.reason).unwrap().as_str().unwrap());
        self.kept = Some(kept);
        said
    }
}

pub fn known() -> Input {
    Input::AddressKnown { address: ADDRESS.into() }
}

pub fn of(name: &str) -> Input {
    Input::UserKnown(User::Named(name.into()))
}

pub fn remembering(key: &str) -> TabMemory {
    TabMemory { key: Some(key.into()), ..TabMemory::default() }
}

pub fn claimed(key: &str, found: Option<(Reason, Stored)>) -> Input {
    let found = found.map(|(reason, stored)| Found { reason, stored });
    Input::Claimed(Ok(Claim { key: key.into(), found }))
}

/// One image in a session.
pub fn stored() -> Stored {
    with_file("kept.fits")
}

pub fn with_file(file: &str) -> Stored {
    with_image(ImageSpec { file_id: 7, file: file.into(), ..ImageSpec::default() })
}

/// An image of this name that is joined from another file.
pub fn joined(file: &str) -> Stored {
    let [directory, hdu] = [String::new(), String::new()];
    let part = StokesFileState { directory, file: "q.fits".into(), hdu, polarization_type: 1 };
    let stokes_files = vec![part];
    with_image(ImageSpec { file_id: 7, file: file.into(), stokes_files, ..ImageSpec::default() })
}

fn with_image(image: ImageSpec) -> Stored {
    let mut tracker = Tracker::new(1_000);
    tracker.workspace_mut().open_image(image).unwrap();
    let keys = tracker.workspace_mut().take_changes();
    let records = keys.iter().filter_map(|&key| tracker.record(key)).collect();
    Stored { session_id: 3, saved_at: 77, records: Some(records) }
}

pub fn damaged() -> Stored {
    Stored { records: Some(vec![vec![1, 2, 3]]), ..stored() }
}

/// A write as the previous page may have noted it.
pub fn lost_write(contents: bool) -> Write {
    let image = OfferImage { file_id: 7, file: "kept.fits".into(), ..OfferImage::default() };
    Write {
        number: 0,
        address: ADDRESS.into(),
        session_id: 3,
        saved_at: 78,
        contents: contents.then(|| Contents { images: vec![image], catalogs: Vec::new() }),
        records: vec![("a".into(), Some(vec![0, 255, 7])), ("b".into(), None)],
    }
}

pub fn noted(key: &str, contents: bool) -> TabMemory {
    let text = last_write::note(key, &[Rc::new(lost_write(contents))]);
    TabMemory { last_write: text, ..remembering("own") }
}
