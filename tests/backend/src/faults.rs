//! How the backend misbehaves on request.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use carta_resume::protocol::{EventType, Frame};
use tokio::{sync::watch, time::Instant};

/// The faults in force; they act on all sockets.
#[derive(Debug)]
pub struct Faults {
    icd: AtomicU16,
    state: Mutex<State>,
    stalled_until: watch::Sender<Option<Instant>>,
}

#[derive(Debug, Default)]
struct State {
    refuse_until: Option<Instant>,
    delay: Duration,
    delays_by_type: Vec<(u16, Duration)>,
    busy: Vec<(u16, Duration)>,
    lose: Vec<u16>,
    deadly: Vec<Deadly>,
}

/// A message that the backend does not survive.
#[derive(Debug)]
struct Deadly {
    event: EventType,
    /// The text that it must contain; "" = any.
    text: String,
    /// How long the crash takes.
    after: Duration,
}

impl Faults {
    /// No faults, with this interface version.
    pub fn new(icd: u16) -> Self {
        Self {
            icd: AtomicU16::new(icd),
            state: Mutex::default(),
            stalled_until: watch::Sender::new(None),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The interface version that registering expects.
    pub fn icd(&self) -> u16 {
        self.icd.load(Ordering::Relaxed)
    }

    /// Changes the interface version.
    pub fn set_icd(&self, version: u16) {
        self.icd.store(version, Ordering::Relaxed);
    }

    /// Reads and writes nothing for a while; zero ends it.
    pub fn stall(&self, duration: Duration) {
        let until = (!duration.is_zero()).then(|| Instant::now() + duration);
        self.stalled_until.send_replace(until);
    }

    /// To notice that a stall begins or ends.
    pub fn watch_stall(&self) -> watch::Receiver<Option<Instant>> {
        self.stalled_until.subscribe()
    }

    /// Waits while a stall lasts.
    pub async fn stall_ends(&self) {
        let mut stall = self.watch_stall();
        loop {
            let until = *stall.borrow_and_update();
            let Some(until) = until.filter(|until| *until > Instant::now()) else { return };
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                changed = stall.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Refuses new sockets for a while; zero ends it.
    pub fn refuse(&self, duration: Duration) {
        self.state().refuse_until = Some(Instant::now() + duration);
    }

    /// Whether new sockets are refused now.
    pub fn refuses(&self) -> bool {
        self.state().refuse_until.is_some_and(|until| until > Instant::now())
    }

    /// Holds every outgoing frame back for this long.
    pub fn set_delay(&self, delay: Duration) {
        self.state().delay = delay;
    }

    /// Holds outgoing frames of one type back, and what comes after them.
    pub fn set_delay_of(&self, event: EventType, delay: Duration) {
        let mut state = self.state();
        state.delays_by_type.retain(|(number, _)| *number != event.number());
        if !delay.is_zero() {
            state.delays_by_type.push((event.number(), delay));
        }
    }

    /// Working on a frame of this type takes this long, and nothing else is done meanwhile: the
    /// real backend has one thread for all its sockets.
    pub fn set_busy(&self, event: EventType, duration: Duration) {
        let mut state = self.state();
        state.busy.retain(|(number, _)| *number != event.number());
        if !duration.is_zero() {
            state.busy.push((event.number(), duration));
        }
    }

    /// How long working on a frame of this type takes.
    pub fn busy(&self, event: u16) -> Option<Duration> {
        let state = self.state();
        state.busy.iter().find(|(number, _)| *number == event).map(|(_, duration)| *duration)
    }

    /// The next outgoing frame of this type is lost.
    pub fn lose_next(&self, event: EventType) {
        self.state().lose.push(event.number());
    }

    /// The backend dies, each time, of a message of this type that contains `text`, this long
    /// (`after`) after it arrived.
    pub fn die_of(&self, event: EventType, text: &str, after: Duration) {
        self.state().deadly.push(Deadly { event, text: text.to_owned(), after });
    }

    /// The backend no longer dies of anything.
    pub fn survive(&self) {
        self.state().deadly.clear();
    }

    /// Whether the backend dies of this message, and how long that takes.
    pub fn kills(&self, frame: &Frame) -> Option<Duration> {
        let state = self.state();
        let deadly = state.deadly.iter().find(|deadly| {
            let text = deadly.text.as_bytes();
            frame.event() == Some(deadly.event)
                && (text.is_empty() || frame.payload().windows(text.len()).any(|at| at == text))
        })?;
        Some(deadly.after)
    }

    /// What happens to an outgoing frame: `None` = it is lost, otherwise how
    /// long it is held back.
    pub fn outgoing(&self, event: Option<u16>) -> Option<Duration> {
        let mut state = self.state();
        if let Some(index) = state.lose.iter().position(|lost| Some(*lost) == event) {
            state.lose.remove(index);
            return None;
        }
        let mut by_type = state.delays_by_type.iter();
        let more = by_type.find(|(number, _)| Some(*number) == event);
        Some(state.delay + more.map_or(Duration::ZERO, |(_, delay)| *delay))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_lost_once() {
        let faults = Faults::new(28);
        faults.lose_next(EventType::OpenFileAck);
        assert_eq!(faults.outgoing(Some(22)), Some(Duration::ZERO));
        assert_eq!(faults.outgoing(Some(21)), None);
        assert_eq!(faults.outgoing(Some(21)), Some(Duration::ZERO));
    }

    #[test]
    fn only_what_is_deadly_kills_and_each_time() {
        let faults = Faults::new(28);
        faults.die_of(EventType::OpenFile, "bad.fits", Duration::from_millis(300));
        let header = |event: EventType| carta_resume::protocol::Header {
            event_type: event.number(),
            icd_version: 28,
            request_id: 1,
        };
        let deadly = Frame::from_payload(header(EventType::OpenFile), b"..bad.fits..");
        for _ in 0..2 {
            assert_eq!(faults.kills(&deadly), Some(Duration::from_millis(300)));
        }
        let good = Frame::from_payload(header(EventType::OpenFile), b"good");
        assert_eq!(faults.kills(&good), None);
        let other = Frame::from_payload(header(EventType::CloseFile), b"bad.fits");
        assert_eq!(faults.kills(&other), None);
        faults.survive();
        assert_eq!(faults.kills(&deadly), None);
    }

    #[test]
    fn delays_add_up() {
        let faults = Faults::new(28);
        faults.set_delay(Duration::from_millis(5));
        faults.set_delay_of(EventType::OpenFileAck, Duration::from_millis(7));
        assert_eq!(faults.outgoing(Some(21)), Some(Duration::from_millis(12)));
        assert_eq!(faults.outgoing(None), Some(Duration::from_millis(5)));
        faults.set_delay_of(EventType::OpenFileAck, Duration::ZERO);
        assert_eq!(faults.outgoing(Some(21)), Some(Duration::from_millis(5)));
    }
}
