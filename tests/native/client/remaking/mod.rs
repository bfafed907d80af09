//! Images that the backend had only in its memory are made again if the user ticks them.

mod made;
mod not_made;
mod offered;
mod reload;
mod support;
