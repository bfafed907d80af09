//! Asking the user through the viewer's `confirmResume`.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use crate::client::{Answer, Offer};

use super::{
    driver::Input,
    promises::{is_thenable, settle},
    reader::{elements, is_whole},
    values,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Object)]
    fn assign(target: &Object, source: &Object) -> Result<Object, JsValue>;
}

/// A question that has been put to the viewer.
#[derive(Clone)]
pub(super) struct OpenOffer {
    object: Object,
    controller: Option<AbortController>,
}

impl OpenOffer {
    pub(super) fn new(offer: &Offer) -> Self {
        Self { object: values::offer(offer), controller: AbortController::new().ok() }
    }

    /// Calls `confirm`; its answer, or its failure and what it threw, comes to
    /// `done`, now or later.
    pub(super) fn ask(
        &self,
        offer: u32,
        confirm: &Function,
        done: impl Fn(Input) + Clone + 'static,
    ) {
        let signal = self.controller.as_ref().map_or(JsValue::UNDEFINED, |c| c.signal().into());
        match confirm.call2(&JsValue::UNDEFINED, &self.object, &signal) {
            Err(error) => done(failed(offer, THREW, Some(error))),
            Ok(value) if is_thenable(&value) => {
                let caught = done.clone();
                settle(
                    &value,
                    Closure::new(move |value| done(read(offer, &value))),
                    Closure::new(move |error| {
                        caught(failed(offer, THREW, Some(error)));
                    }),
                );
            }
            Ok(value) => done(read(offer, &value)),
        }
    }

    /// The same object gets the new fields: the viewer is not asked twice.
    pub(super) fn update(&self, offer: &Offer) {
        // A viewer that has frozen the object keeps it as it was.
        let _ = assign(&self.object, &values::offer(offer));
    }

    /// Tells the viewer that there is nothing to ask any more.
    pub(super) fn withdraw(self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

const THREW: &str = "it threw or rejected";

fn failed(offer: u32, message: &str, cause: Option<JsValue>) -> Input {
    Input::AnswerFailed { offer, message: message.to_owned(), cause }
}

fn read(offer: u32, value: &JsValue) -> Input {
    let answer = match value.as_bool() {
        Some(true) => Some(Answer::Yes),
        Some(false) => Some(Answer::No),
        None => part(value),
    };
    match answer {
        Some(answer) => Input::Answered { offer, answer },
        None => failed(offer, "it must give true, false or { images, catalogs? }", None),
    }
}

fn part(value: &JsValue) -> Option<Answer> {
    let catalogs = Reflect::get(value, &"catalogs".into()).ok()?;
    Some(Answer::Part {
        images: ids(&Reflect::get(value, &"images".into()).ok()?)?,
        catalogs: if catalogs.is_undefined() { None } else { Some(ids(&catalogs)?) },
    })
}

#[allow(clippy::cast_possible_truncation)]
fn ids(value: &JsValue) -> Option<Vec<i32>> {
    let mut ids = Vec::new();
    for id in elements(value)? {
        let number = id.as_f64().filter(|&number| is_whole(number))?;
        ids.push(i32::try_from(number as i64).ok()?);
    }
    Some(ids)
}
