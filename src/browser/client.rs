//! The class behind the one that a viewer imports, which is in `src/npm/client.ts`.
//! What of this the package uses is declared in `src/npm/carta_resume.d.ts`.

use std::rc::Rc;

use js_sys::{ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::AbortSignal;

use crate::{
    client::{Phase, Problem},
    keeping::keeper::Command,
    workspace::{Refused, Workspace},
};

use super::{
    driver::{Input, Machine},
    error::{error, from_problem, invalid_option},
    events::Event,
    numbers::integer,
    options::ClientOptions,
    page::Listener,
    promises::{Deferred, call},
    shell::{Request, Shell},
    specs,
    values::to_js,
};

/// One connection to one backend that survives drops.
#[wasm_bindgen(skip_typescript)]
pub struct ResumeClient {
    pub(super) shell: Rc<Shell>,
}

#[wasm_bindgen]
impl ResumeClient {
    /// Makes a client at rest; throws `invalid-option`, naming the option.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<Self, JsValue> {
        Ok(Self { shell: Shell::new(ClientOptions::read(options)?) })
    }

    /// Where the connection stands: the same object until something changes.
    #[wasm_bindgen(getter)]
    pub fn status(&self) -> JsValue {
        self.shell.status()
    }

    /// Resolves when active, rejects when failed or closed.
    pub fn connect(&self) -> Promise {
        self.shell.connect()
    }

    /// Ends a wait, leaves `failed`, or asks the user again.
    #[wasm_bindgen(js_name = retryNow)]
    pub fn retry_now(&self) {
        self.shell.input(Input::RetryNow);
    }

    /// Stops making images again.
    #[wasm_bindgen(js_name = stopRemaking)]
    pub fn stop_remaking(&self) {
        let now = self.shell.now();
        self.shell.with(|machine| machine.stop_remaking(now));
    }

    /// Ends everything, for good; resolves when all is written, or with `forget`
    /// when all that is stored for this backend and user is removed.
    pub fn close(&self, options: &JsValue) -> Promise {
        self.shell.input(Input::Close);
        let forget = Reflect::get(options, &"forget".into()).is_ok_and(|it| it.is_truthy());
        self.shell.ended(forget)
    }

    /// What is archived, newest first.
    #[wasm_bindgen(js_name = listArchive)]
    pub fn list_archive(&self) -> Promise {
        self.shell.command(Command::List)
    }

    /// Asks whether to restore a workspace from the archive; resolves with whether
    /// the user wanted it.
    #[wasm_bindgen(js_name = restoreFromArchive)]
    pub fn restore_from_archive(&self, id: String) -> Promise {
        self.shell.command(Command::Restore { id })
    }

    /// What is open, as a file, or with an id a workspace of the archive.
    #[wasm_bindgen(js_name = exportWorkspace)]
    pub fn export_workspace(&self, id: Option<String>) -> Promise {
        match id {
            Some(id) => self.shell.command(Command::Export { id }),
            None => self.shell.export_open(),
        }
    }

    /// Adds a file to the archive; resolves with its id there.
    #[wasm_bindgen(js_name = importWorkspace)]
    pub fn import_workspace(&self, file: Vec<u8>) -> Promise {
        self.shell.command(Command::Import { file })
    }

    /// Deletes a workspace from the archive.
    #[wasm_bindgen(js_name = deleteFromArchive)]
    pub fn delete_from_archive(&self, id: String) -> Promise {
        self.shell.command(Command::Delete { id })
    }

    /// Deletes all that is archived for this backend and user.
    #[wasm_bindgen(js_name = deleteArchive)]
    pub fn delete_archive(&self) -> Promise {
        let is_active = self.shell.machine.borrow().status().phase == Phase::Active;
        self.shell.command(Command::DeleteAll { is_active })
    }

    /// Sends a frame, or keeps it until the client is active.
    pub fn send(&self, frame: &JsValue) -> Result<(), JsValue> {
        let bytes = view(frame).ok_or_else(|| {
            error("invalid-frame", "send() takes a frame as Uint8Array or ArrayBuffer.")
        })?;
        self.shell.hand_over(&bytes)
    }

    /// Sends a request under an id of the client's own and waits for its answer.
    pub fn request(&self, event_type: &JsValue, payload: &JsValue, options: &JsValue) -> Promise {
        let answer = Deferred::new();
        if let Err(error) = self.start(answer.clone(), event_type, payload, options) {
            call(&answer.reject, &error);
        }
        answer.promise
    }

    /// Calls `handler` on each event; the result removes it.
    pub fn on(&self, event: &JsValue, handler: &JsValue) -> Result<Function, JsValue> {
        let event =
            event.as_string().and_then(|name| Event::from_name(&name)).ok_or_else(|| {
                invalid_option(
                    "event must be \"status\", \"frame\", \"resumed\", \"remaking\", \"remade\" or \
                     \"error\".",
                )
            })?;
        let handler: Function = handler
            .clone()
            .dyn_into()
            .map_err(|_| invalid_option("handler must be a function."))?;
        let id = self.shell.handlers.add(event, handler);
        let shell = Rc::downgrade(&self.shell);
        let off = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            if let Some(shell) = shell.upgrade() {
                shell.handlers.remove(id);
            }
        });
        Ok(off.into_js_value().unchecked_into())
    }

    /// What a resume would bring back.
    #[wasm_bindgen(js_name = viewerState)]
    pub fn viewer_state(&self) -> JsValue {
        to_js(&self.shell.with(|machine| machine.tracker().workspace().viewer_state()))
    }

    /// States that an image is open.
    #[wasm_bindgen(js_name = openImage)]
    pub fn open_image(&self, image: &JsValue) -> Result<(), JsValue> {
        let image = specs::image(image)?;
        self.state(|workspace| workspace.open_image(image))
    }

    /// States that an image is closed, −1 = every image and every region.
    #[wasm_bindgen(js_name = closeImage)]
    pub fn close_image(&self, file_id: &JsValue) -> Result<(), JsValue> {
        let file_id = specs::file_id(file_id)?;
        self.state(|workspace| workspace.close_image(file_id))
    }

    /// States the channel and Stokes plane of an image.
    #[wasm_bindgen(js_name = setChannel)]
    pub fn set_channel(
        &self,
        file_id: &JsValue,
        channel: &JsValue,
        stokes: &JsValue,
    ) -> Result<(), JsValue> {
        let file_id = specs::file_id(file_id)?;
        let (channel, stokes) = (specs::int("channel", channel)?, specs::int("stokes", stokes)?);
        self.state(|workspace| workspace.set_channel(file_id, channel, stokes))
    }

    /// States a region.
    #[wasm_bindgen(js_name = setRegion)]
    pub fn set_region(
        &self,
        file_id: &JsValue,
        region_id: &JsValue,
        region: &JsValue,
    ) -> Result<(), JsValue> {
        let (file_id, region_id) = (specs::file_id(file_id)?, specs::region_id(region_id)?);
        let region = specs::region(region)?;
        self.state(|workspace| workspace.set_region(file_id, region_id, &region))
    }

    /// States that a region is gone.
    #[wasm_bindgen(js_name = removeRegion)]
    pub fn remove_region(&self, region_id: &JsValue) -> Result<(), JsValue> {
        let region_id = specs::region_id(region_id)?;
        self.state(|workspace| workspace.remove_region(region_id))
    }

    /// States the contours of an image, `null` = none.
    #[wasm_bindgen(js_name = setContours)]
    pub fn set_contours(&self, file_id: &JsValue, settings: &JsValue) -> Result<(), JsValue> {
        let file_id = specs::file_id(file_id)?;
        let settings = specs::contours(settings);
        self.state(|workspace| workspace.set_contours(file_id, settings))
    }

    /// States that a catalog is open.
    #[wasm_bindgen(js_name = openCatalog)]
    pub fn open_catalog(&self, catalog: &JsValue) -> Result<(), JsValue> {
        let catalog = specs::catalog(catalog)?;
        self.state(|workspace| workspace.open_catalog(catalog))
    }

    /// States that a catalog is closed.
    #[wasm_bindgen(js_name = closeCatalog)]
    pub fn close_catalog(&self, file_id: &JsValue) -> Result<(), JsValue> {
        let file_id = specs::file_id(file_id)?;
        self.state(|workspace| workspace.close_catalog(file_id))
    }
}

impl ResumeClient {
    fn state(
        &self,
        act: impl FnOnce(&mut Workspace) -> Result<(), Refused>,
    ) -> Result<(), JsValue> {
        if self.shell.machine.borrow().is_closed() {
            return Err(from_problem(&Problem::closed(), None));
        }
        let stated = act(self.shell.machine.borrow_mut().tracker_mut().workspace_mut());
        stated.map_err(specs::refused)?;
        self.shell.with(Machine::touched);
        Ok(())
    }

    fn start(
        &self,
        answer: Deferred,
        event_type: &JsValue,
        payload: &JsValue,
        options: &JsValue,
    ) -> Result<(), JsValue> {
        let event_type = event_type.as_f64().and_then(integer);
        let (Some(event_type), Some(payload)) = (event_type, bytes(payload)) else {
            let message = "request() takes an event type and its payload as Uint8Array or \
                           ArrayBuffer.";
            return Err(error("invalid-frame", message));
        };
        let signal = Reflect::get(options, &"signal".into())
            .ok()
            .and_then(|signal| signal.dyn_into::<AbortSignal>().ok());
        if let Some(signal) = signal.as_ref().filter(|signal| signal.aborted()) {
            return Err(signal.reason());
        }
        self.shell.notice_dead_socket();
        let now = self.shell.now();
        // Waiting begins before the effects are carried out.
        let started = self.shell.with(|machine| {
            let request_id = machine.request(now, event_type, &payload)?;
            let abort = signal.map(|signal| self.abort_listener(&signal, request_id));
            self.shell.await_answer(request_id, Request { answer, _abort: abort });
            Ok(())
        });
        started.map_err(|problem| from_problem(&problem, None))
    }

    fn abort_listener(&self, signal: &AbortSignal, request_id: u32) -> Listener {
        let shell = Rc::downgrade(&self.shell);
        let reason = signal.clone();
        Listener::new(signal, "abort", move |_| {
            let Some(shell) = shell.upgrade() else { return };
            if let Some(request) = shell.take_request(request_id) {
                call(&request.answer.reject, &reason.reason());
                shell.input(Input::Abort { request_id });
            }
        })
    }
}

impl Drop for ResumeClient {
    fn drop(&mut self) {
        self.shell.input(Input::Close);
    }
}

/// A copy of what JavaScript hands over.
pub(super) fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    Some(view(value)?.to_vec())
}

/// The bytes of what JavaScript hands over, where they are. What was transferred
/// elsewhere has none any more, and must not be looked at.
fn view(value: &JsValue) -> Option<Uint8Array> {
    let array = match value.dyn_ref::<Uint8Array>() {
        Some(array) => array.clone(),
        None => match value.dyn_ref::<ArrayBuffer>()? {
            buffer if buffer.byte_length() == 0 => return Some(Uint8Array::default()),
            buffer => Uint8Array::new(buffer),
        },
    };
    Some(if array.length() == 0 { Uint8Array::default() } else { array })
}
