//! Asking the user through the viewer's `confirmResume`.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortController;

use crate::client::{Answer, Offer};

use super::{
    driver::Input,
    numbers::integer,
    promises::{is_thenable, settled, spawn},
    reader::elements,
    shell::Shell,
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
    pub(super) fn ask(&self, offer: u32, confirm: &Function, done: impl Fn(Input) + 'static) {
        let answered = move |answer| match answer {
            Ok(value) => {
                if let Some(calculations) = ticked(&value) {
                    done(Input::Ticked { offer, calculations });
                }
                done(read(offer, &value));
            }
            Err(thrown) => done(failed(offer, "it threw or rejected", Some(thrown))),
        };
        let signal = self.controller.as_ref().map_or(JsValue::UNDEFINED, |c| c.signal().into());
        match confirm.call2(&JsValue::UNDEFINED, &self.object, &signal) {
            Ok(value) if is_thenable(&value) => {
                let answer = settled(&value);
                spawn(async move { answered(answer.await) });
            }
            answer => answered(answer),
        }
    }

    /// The same object gets the new fields: the viewer is not asked twice.
    pub(super) fn update(&self, offer: &Offer) {
        // A viewer that has frozen the object keeps it as it was.
        let _ = Object::try_assign(&self.object, to_js(offer).unchecked_ref());
    }

    /// Tells the viewer that there is nothing to ask any more.
    pub(super) fn withdraw(self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

impl Shell {
    pub(super) fn ask(&self, offer: &Offer) {
        self.withdraw();
        let id = offer.id;
        let open = OpenOffer::new(offer);
        let done = self.weakly(|shell, input: Input| {
            match input {
                Input::AnswerFailed { .. } => shell.input_later(input),
                Input::Ticked { .. } => shell.input(input),
                _ => {
                    // What is archived is what is stored.
                    shell.flush();
                    shell.input(input);
                }
            }
        });
        let confirm = self.confirm_resume.clone();
        // Kept first: the viewer may answer, or close, from within the call.
        let asking = open.clone();
        *self.offer.borrow_mut() = Some(open);
        asking.ask(id, &confirm, done);
    }

    pub(super) fn withdraw(&self) {
        if let Some(open) = self.offer.take() {
            open.withdraw();
        }
    }
}

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
        None => failed(offer, "it must give true, false or { images?, catalogs?, remake? }", None),
    }
}

fn part(value: &JsValue) -> Option<Answer> {
    let [images, catalogs, remake] =
        ["images", "catalogs", "remake"].map(|name| Reflect::get(value, &name.into()));
    let (images, catalogs, remake) = (images.ok()?, catalogs.ok()?, remake.ok()?);
    if !remake.is_undefined() {
        ids(&remake)?;
        if images.is_undefined() && catalogs.is_undefined() {
            return Some(Answer::Yes);
        }
    }
    Some(Answer::Part {
        images: ids(&images)?,
        catalogs: if catalogs.is_undefined() { None } else { Some(ids(&catalogs)?) },
    })
}

/// What is to be made again, if the answer says so and can be read.
fn ticked(value: &JsValue) -> Option<Vec<i32>> {
    if !value.is_object() {
        return None;
    }
    ids(&Reflect::get(value, &"remake".into()).ok()?)
}

fn ids(value: &JsValue) -> Option<Vec<i32>> {
    elements(value)?.iter().map(|id| integer(id.as_f64()?)).collect()
}
