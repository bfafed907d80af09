//! What the tabs of a browser say to each other about a session.

use wasm_bindgen::JsValue;

use crate::keeping::{
    keeper::Input,
    takeover::Word::{self, CutOff, HandOver, HandedOver, HowAreYou, Well},
};

use super::{
    driver,
    promises::{Deferred, call, spawn},
    shell::Shell,
    storage::{Channel, Voice},
    timer::after,
};

/// How long a tab has for an answer; milliseconds. It answers at once unless it is
/// suspended; handing over takes a few writes.
const ANSWER_MS: u64 = 2_000;
const HAND_OVER_MS: u64 = 5_000;

fn channel_name(key: &str) -> String {
    String::from("carta-resume tab:") + key
}

impl Shell {
    /// Answers for the session that this client has, from now on.
    pub(super) fn answer_tabs(&self, key: &str) {
        let own = key.to_owned();
        let asked = self.weakly(move |shell, (word, voice): (Word, Voice)| match word {
            HowAreYou => shell.say_how(&voice),
            HandOver => shell.give_away(&own, voice),
            Well | CutOff | HandedOver => {}
        });
        let channel = Channel::open(&channel_name(key), move |word, voice| {
            if let Some(word) = Word::from_text(word) {
                asked((word, voice.clone()));
            }
        });
        self.keeping.channel.replace(channel);
    }

    fn say_how(&self, voice: &Voice) {
        let how = Word::of(self.machine.borrow().status().phase);
        voice.say(how.text());
        if how == CutOff {
            // The one who asks has a connection.
            self.input(driver::Input::Online);
        }
    }

    fn give_away(&self, key: &str, voice: Voice) {
        let Some(shell) = self.living() else { return };
        self.flush();
        // It stays open until the answer has been given.
        let channel = self.keeping.channel.take();
        self.keep(Input::HandOver { key: key.to_owned() });
        if !self.machine.borrow().is_closed() {
            self.keeping.channel.replace(channel);
            return;
        }
        let ended = self.ended(false);
        spawn(async move {
            let _ = ended.await;
            voice.say(HandedOver.text());
            drop((channel, shell));
        });
    }

    pub(super) fn find_others(&self, address: String) {
        self.with_store(Input::OthersFound, move |store| async move {
            store.of_other_tabs(&address).await
        });
    }

    pub(super) fn ask_tab(&self, key: String, wait_ms: u32) {
        let Some(shell) = self.living() else { return };
        spawn(async move {
            pause(wait_ms.into()).await;
            let word = say_and_hear(&key, HowAreYou, ANSWER_MS, &[Well, CutOff]).await;
            shell.keep(Input::TabSaid { key, word });
        });
    }

    pub(super) fn take_over_from(&self, key: String) {
        let Some(shell) = self.living() else { return };
        spawn(async move {
            say_and_hear(&key, HandOver, HAND_OVER_MS, &[HandedOver]).await;
            shell.keep(Input::HandedOver);
        });
    }
}

async fn pause(ms: u64) {
    let over = Deferred::new();
    let _timer = after(ms, move || call(&over.resolve, &JsValue::UNDEFINED));
    let _ = over.promise.await;
}

/// Says something to the tab that has a session. Gives which of these answers came in
/// time.
async fn say_and_hear(
    key: &str,
    word: Word,
    patience_ms: u64,
    answers: &'static [Word],
) -> Option<Word> {
    let heard = Deferred::new();
    let (resolve, silent) = (heard.resolve.clone(), heard.resolve);
    let channel = Channel::open(&channel_name(key), move |word, _| {
        if Word::from_text(word).is_some_and(|word| answers.contains(&word)) {
            call(&resolve, &word.into());
        }
    })?;
    channel.say(word.text());
    let _timer = after(patience_ms, move || call(&silent, &JsValue::UNDEFINED));
    let said = heard.promise.await.ok()?.as_string()?;
    Word::from_text(&said)
}
