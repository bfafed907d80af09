//! Whether a viewer is opening something by itself: what its page's address names,
//! a workspace of its own, or what its user has just chosen.
//!
//! Two files that are opened at once get one id, so that nothing may be opened
//! meanwhile. No frame tells: between two files nothing is unanswered, and before
//! the first one the viewer may still wait for its server.

use super::{Call, calls};

/// Times that a viewer may be asked whether it has begun, which one that is not known
/// cannot say.
const MAX_UNBEGUN: u32 = 120;

/// A file that does not open ends the opening of several, and the viewer goes on
/// saying that it opens several. It is believed this often while it opens none.
const MAX_SEVERAL: u32 = 8;

/// What is asked next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// Whether it has begun with what its address names.
    Begun,
    File,
    Workspace,
    Several,
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The next question is to be asked.
    AskOn,
    /// It is opening something: to be asked again after a while.
    Busy,
    /// It opens nothing.
    Idle,
}

/// Asks a viewer whether it is opening something, one question after another.
#[derive(Clone, Debug)]
pub struct Idle {
    question: Question,
    /// It has the names of 4.1.0.
    older: bool,
    unbegun: u32,
    several: u32,
}

impl Default for Idle {
    fn default() -> Self {
        Self { question: Question::Begun, older: false, unbegun: 0, several: 0 }
    }
}

impl Idle {
    /// The question that is to be asked.
    pub fn ask(&self) -> Call {
        calls::value(match (self.question, self.older) {
            (Question::Begun, _) => "layoutStore.currentLayoutName",
            (Question::File, false) => "isFileLoading",
            (Question::File, true) => "fileLoading",
            (Question::Workspace, false) => "isLoadingWorkspace",
            (Question::Workspace, true) => "loadingWorkspace",
            (Question::Several, _) => "isLoadingMultipleFiles",
        })
    }

    /// The answer to it, as JSON; "" = the viewer has no such value.
    pub fn answered(&mut self, value: &str) -> Verdict {
        let value = value.trim();
        let is_so = value == "true";
        let (next, verdict) = match self.question {
            // Its layout is there, and right after that it begins.
            Question::Begun if matches!(value, "" | "\"\"" | "null") => {
                self.unbegun += 1;
                if self.unbegun < MAX_UNBEGUN {
                    (Question::Begun, Verdict::Busy)
                } else {
                    (Question::File, Verdict::AskOn)
                }
            }
            Question::Begun => (Question::File, Verdict::AskOn),
            Question::File if is_so => {
                self.several = 0;
                (Question::File, Verdict::Busy)
            }
            Question::File if value.is_empty() && !self.older => {
                self.older = true;
                (Question::File, Verdict::AskOn)
            }
            Question::File => (Question::Workspace, Verdict::AskOn),
            Question::Workspace if is_so => (Question::File, Verdict::Busy),
            Question::Workspace => (Question::Several, Verdict::AskOn),
            Question::Several if is_so && self.several < MAX_SEVERAL => {
                self.several += 1;
                (Question::File, Verdict::Busy)
            }
            Question::Several => (Question::File, Verdict::Idle),
        };
        self.question = next;
        verdict
    }
}
