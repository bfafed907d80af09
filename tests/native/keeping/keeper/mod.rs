//! What happens to a stored session, from the opening of the storage to the end
//! of the client.

mod life;
mod opening;
mod others;
mod requests;
pub(super) mod support;
mod users;
