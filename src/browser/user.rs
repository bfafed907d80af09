//! Whose session it is, which is asked before each connection, and what keeps the
//! viewer's functions from giving an address.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    client::login::Barrier,
    keeping::{keeper, user::User},
};

use super::{
    driver::Input,
    promises::{is_thenable, settled, spawn},
    reader::{get, text},
    shell::Shell,
};

/// Who says who works with the viewer.
pub(super) enum UserSource {
    Fixed(String),
    /// Called before each attempt; `null` = somebody whose name is unknown.
    Function(Function),
}

impl UserSource {
    pub(super) fn read(options: &JsValue) -> Self {
        match get(options, "user").dyn_into() {
            Ok(function) => Self::Function(function),
            Err(value) => Self::Fixed(value.as_string().unwrap_or_default()),
        }
    }

    /// The name, if it is the same from the beginning.
    pub(super) fn fixed(&self) -> Option<&str> {
        match self {
            Self::Fixed(name) => Some(name),
            Self::Function(_) => None,
        }
    }
}

impl Shell {
    /// Goes on when it is known who works with the viewer.
    fn with_user(&self, then: impl FnOnce(&Self, Result<User, JsValue>) + 'static) {
        let function = match &self.keeping.options.user {
            UserSource::Fixed(name) => return then(self, Ok(User::Named(name.clone()))),
            UserSource::Function(function) => function,
        };
        match function.call0(&JsValue::UNDEFINED) {
            Ok(value) if is_thenable(&value) => {
                let then = self.weakly_once(then);
                spawn(async move { then(settled(&value).await.and_then(|value| user(&value))) });
            }
            value => then(self, value.and_then(|value| user(&value))),
        }
    }

    /// It is known, and from now on it does not change.
    fn user_known(&self, user: User) {
        self.keep(keeper::Input::UserKnown(user));
        let keeper = self.keeping.keeper.borrow();
        self.keeping.tab.be_of(keeper.user());
        self.store.borrow().be_of(keeper.user());
    }

    /// The viewer has connected by itself: stored work is looked up as soon as the user
    /// is known.
    pub(super) fn find_user(&self) {
        self.with_user(|shell, user| shell.user_known(user.unwrap_or(User::Unknown)));
    }

    /// Opens a socket, if the user is the one that the session belongs to.
    pub(super) fn open_for_user(&self, generation: u32, address: String) {
        self.with_user(move |shell, user| match user {
            Err(error) => {
                let message = "the user function threw, rejected or gave no name";
                shell.no_address(generation, message, Some(error));
            }
            Ok(user) => {
                shell.user_known(user.clone());
                let is_theirs = shell.keeping.keeper.borrow().is_of(&user);
                if is_theirs {
                    shell.open_at(generation, &address);
                } else {
                    shell.input_later(Input::Barred { generation, by: Barrier::OtherUser });
                }
            }
        });
    }

    /// The function that gives the address has thrown: it may have said why.
    pub(super) fn url_threw(&self, generation: u32, error: JsValue) {
        let by = match text(&error, "code").as_deref() {
            Some("login-required") => Barrier::LoggedOut,
            Some("other-user") => Barrier::OtherUser,
            Some("connection-lost") => Barrier::Silence,
            _ => {
                let message = "the url function threw or rejected";
                return self.no_address(generation, message, Some(error));
            }
        };
        self.input_later(Input::Barred { generation, by });
    }
}

fn user(value: &JsValue) -> Result<User, JsValue> {
    if value.is_null() || value.is_undefined() {
        return Ok(User::Unknown);
    }
    value.as_string().map(User::Named).ok_or_else(|| value.clone())
}
