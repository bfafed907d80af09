//! Reading from the database, and changing what was read in the same
//! transaction. All uses share these few ways.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::keeping::{fault::Fault, row::Row};

use super::{
    rows::parse,
    store::Store,
    transaction::{Work, answer, fault},
};

/// All rows of the database.
pub(super) struct Rows {
    pub(super) keys: Array,
    pub(super) values: Array,
    /// What they say.
    pub(super) said: Vec<Row>,
}

/// One session.
pub(super) struct Session {
    pub(super) value: JsValue,
    /// What its row says.
    pub(super) said: Row,
    pub(super) records: JsValue,
}

/// What a transaction is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    Reading,
    Writing,
}

impl Store {
    async fn begin(self: &Rc<Self>, what: For) -> Result<Work, Fault> {
        let connection = self.connect().await?;
        match what {
            For::Reading => connection.read(),
            For::Writing => connection.write(),
        }
    }

    /// Reads all rows, and then changes what has to be changed.
    pub(super) async fn rows(
        self: &Rc<Self>,
        what: For,
        change: &mut dyn FnMut(&Work, &Rows) -> Result<(), Fault>,
    ) -> Result<Rows, Fault> {
        let work = self.begin(what).await?;
        let keys = work.sessions.get_all_keys(None, None).map_err(fault)?;
        let values = work.sessions.get_all(None, None).map_err(fault)?;
        let keys: Array = answer(keys.into()).await?.into();
        let values: Array = answer(values.into()).await?.into();
        let parse = |at| parse(&keys.get(at), &values.get(at));
        let said = (0..keys.length()).map(parse).collect();
        let rows = Rows { keys, values, said };
        let changed = change(&work, &rows);
        work.ending(changed).await?;
        Ok(rows)
    }

    /// Reads one session, with its records or without, and then changes what
    /// has to be changed.
    pub(super) async fn session(
        self: &Rc<Self>,
        key: &str,
        with_records: bool,
        what: For,
        change: &mut dyn FnMut(&Work, &Session) -> Result<(), Fault>,
    ) -> Result<Session, Fault> {
        let work = self.begin(what).await?;
        let value = work.row(key)?;
        let records = if with_records { Some(work.all_records(key)?) } else { None };
        let value = answer(value).await?;
        let said = parse(&key.into(), &value);
        let records = match records {
            Some(records) => answer(records).await?,
            None => JsValue::UNDEFINED,
        };
        let session = Session { value, said, records };
        let changed = change(&work, &session);
        work.ending(changed).await?;
        Ok(session)
    }
}
