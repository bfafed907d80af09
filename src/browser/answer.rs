//! Asking the user through the viewer's `confirmResume`.

use js_sys::{Function, Object, Promise};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::AbortController;

use crate::core::{Answer, Input, Offer};

use super::{
    promises::{is_thenable, settle},
    reader::Reader,
    values::to_js,
};

/// A question that has been put to the viewer.
#[derive(Clone)]
pub(super) struct OpenOffer {
    object: Object,
    controller: Option<AbortController>,
}

impl OpenOffer {
    pub(super) fn new(offer: &Offer) -> Self {
        Self { object: to_js(offer).unchecked_into(), controller: AbortController::new().ok() }
    }

    /// Calls `confirm`; its answer, or its failure and what it threw, comes to
    /// `done`, now or later.
    pub(super) fn ask(
        &self,
        offer: u32,
        confirm: &Function,
        done: impl Fn(Input, Option<JsValue>) + Clone + 'static,
    ) {
        let signal = self.controller.as_ref().map_or(JsValue::UNDEFINED, |c| c.signal().into());
        match confirm.call2(&JsValue::UNDEFINED, &self.object, &signal) {
            Err(error) => done(failed(offer, "it threw"), Some(error)),
            Ok(value) if is_thenable(&value) => {
                let caught = done.clone();
                settle(
                    &Promise::resolve(&value),
                    Closure::new(move |value| done(read(offer, &value), None)),
                    Closure::new(move |error| {
                        caught(failed(offer, "its promise was rejected"), Some(error));
                    }),
                );
            }
            Ok(value) => done(read(offer, &value), None),
        }
    }

    /// The same object gets the new fields: the viewer is not asked twice.
    pub(super) fn update(&self, offer: &Offer) {
        Object::assign(&self.object, to_js(offer).unchecked_ref());
    }

    /// Tells the viewer that there is nothing to ask any more.
    pub(super) fn withdraw(self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

fn failed(offer: u32, message: &str) -> Input {
    Input::AnswerFailed { offer, message: message.to_owned() }
}

fn read(offer: u32, value: &JsValue) -> Input {
    let answer = match value.as_bool() {
        Some(true) => Some(Answer::Yes),
        Some(false) => Some(Answer::No),
        None => part(value),
    };
    match answer {
        Some(answer) => Input::Answered { offer, answer },
        None => failed(offer, "it must give true, false or { images, catalogs? }"),
    }
}

fn part(value: &JsValue) -> Option<Answer> {
    let reader = Reader::new(value, "answer", &["images", "catalogs"]).ok()?;
    let ids = |key| -> Option<Vec<i32>> { reader.array(key).ok()?.iter().map(file_id).collect() };
    reader.get("images")?;
    let catalogs = match reader.get("catalogs") {
        None => None,
        Some(_) => Some(ids("catalogs")?),
    };
    Some(Answer::Part { images: ids("images")?, catalogs })
}

#[allow(clippy::cast_possible_truncation)]
fn file_id(value: &JsValue) -> Option<i32> {
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    i32::try_from(number as i64).ok()
}
