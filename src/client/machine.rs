//! The main type: a [`Connection`] on which CARTA is spoken for a viewer.

use std::marker::PhantomData;

use super::{
    Code, Driver, Effect, Input, Now, Options, Problem,
    drop_in::Registrar,
    ghosts::Ghosts,
    offer::SessionType,
    question::Question,
    queue::Queue,
    rebuild::Rebuilding,
    register::Session,
    remaking::Remaking,
    requests::{FIRST_OWN_ID, Requests},
};
use crate::{
    connection::{self, Connection, Due, Protocol, Wanted, Words, timers::Timer},
    protocol::{carta::Carta, handshake::Handshake},
    tracking::Tracker,
    workspace::IdSet,
};

/// One client: its connection, what it keeps of the viewer's state, and what
/// waits to be sent. `D` drives it, `H` is the protocol's opening conversation.
///
/// # Order of calls
///
/// 1. [`new`](Self::new), then, before the first connection, what an earlier page
///    kept: [`adopt_session_id`](Self::adopt_session_id), [`adopt`](Self::adopt).
/// 2. An input or a command.
/// 3. [`poll_effect`](Self::poll_effect) until there is none. Effects are carried
///    out in order, with the machine let go, so that a callback may call back in.
/// 4. [`next_deadline`](Self::next_deadline): [`Input::Timeout`] is due then. Spurious
///    and late timeouts do nothing, see [`Timer`].
/// 5. On from 2, until [`is_closed`](Self::is_closed).
///
/// # Inputs: what has happened
///
/// * [`handle`](Self::handle) takes all of them.
/// * [`wants`](Self::wants) is asked before each incoming frame: only what is wanted
///   is [`Input::Frame`], anything else [`Input::Skimmed`].
/// * [`heard`](Self::heard), [`sent_first`](Self::sent_first): frames that have passed
///   without asking this client.
///
/// # Outputs: what is to be done
///
/// * [`poll_effect`](Self::poll_effect), [`next_deadline`](Self::next_deadline).
///
/// # Commands: what the viewer wants
///
/// * [`send`](Self::send), [`request`](Self::request).
/// * [`tracker_mut`](Self::tracker_mut), followed by [`touched`](Self::touched): the
///   viewer states its workspace.
/// * [`restore`](Self::restore): a workspace from the archive.
/// * [`stop_remaking`](Self::stop_remaking): images are not made again.
/// * [`take_over`](Self::take_over): a socket that a viewer has opened itself, in place
///   of [`Input::Connect`].
///
/// # Commands: what was stored
///
/// * [`adopt_session_id`](Self::adopt_session_id), [`adopt`](Self::adopt),
///   [`offer_for_rebuilding`](Self::offer_for_rebuilding): an earlier page's.
/// * [`disown_session_id`](Self::disown_session_id): another page has it now.
///
/// # Getters
///
/// * The connection: [`status`](Self::status), [`is_connected`](Self::is_connected),
///   [`is_closed`](Self::is_closed), [`generation`](Self::generation),
///   [`awaits_socket`](Self::awaits_socket), [`direct_version`](Self::direct_version).
/// * The session: [`session_id`](Self::session_id), [`tracker`](Self::tracker),
///   [`saved_at`](Self::saved_at), [`queued_bytes`](Self::queued_bytes).
pub type Machine<D, H = Carta> = Connection<Viewing<D, H>>;

/// What a connection to CARTA has in addition: what is kept of the viewer's state, what
/// waits to be sent, and what the user is asked.
#[derive(Debug)]
pub struct Viewing<D, H> {
    pub(super) handshake: H,
    /// Who says who the viewer is.
    pub(super) registrar: Registrar,

    pub(super) session: Session,
    pub(super) tracker: Tracker,
    pub(super) queue: Queue,
    pub(super) requests: Requests,
    /// The first request id of this client's own that was used on this socket.
    pub(super) first_own_id: u32,
    /// Catalogs that are not wanted any more and the backend may still have.
    pub(super) unwanted_catalogs: IdSet,

    pub(super) question: Question,
    /// Questions about files: request ids, and the images that they are about.
    pub(super) asked_files: Vec<(u32, i32)>,
    /// Why channels were refused, by the backend's words, during the resume.
    pub(super) refused_channels: Vec<String>,
    /// What a viewer that starts empty is rebuilt from.
    pub(super) rebuilding: Option<Rebuilding>,
    /// Images that are gone and that the viewer has been called to close.
    pub(super) ghosts: Ghosts,
    /// Images that are gone and that the user wants made again.
    pub(super) remaking: Remaking,

    driver: PhantomData<D>,
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// A machine at rest. `seed` makes the jitter differ between clients.
    pub fn new(options: Options, handshake: H, seed: u64, now: Now) -> Self {
        let own = Viewing {
            handshake,
            registrar: Registrar::Client,
            session: Session::default(),
            tracker: Tracker::new(options.max_answers),
            queue: Queue::new(options.queue),
            requests: Requests::new(),
            first_own_id: FIRST_OWN_ID,
            unwanted_catalogs: IdSet::new(),
            question: Question::new(now),
            asked_files: Vec::new(),
            refused_channels: Vec::new(),
            rebuilding: None,
            ghosts: Ghosts::default(),
            remaking: Remaking::default(),
            driver: PhantomData,
        };
        let Options { backoff, heartbeat, timeouts, .. } = options;
        Self::at_rest(connection::Options { backoff, heartbeat, timeouts }, own, seed, now)
    }

    /// What is kept of the viewer's state.
    pub const fn tracker(&self) -> &Tracker {
        &self.own.tracker
    }

    /// For the viewer's own statements about its state; afterwards, call
    /// [`Self::touched`].
    pub const fn tracker_mut(&mut self) -> &mut Tracker {
        &mut self.own.tracker
    }

    /// The address to open the socket at could not be determined.
    fn no_address(&mut self, generation: u32, message: &str, cause: Option<D::Cause>) {
        if self.is_second(generation) {
            return self.second_lost();
        }
        if !self.is_current(generation) {
            return;
        }
        let problem = Problem::new(
            Code::UrlFailed,
            format!("The backend's address could not be determined: {message}. Trying again."),
        );
        self.effects.push_back(Effect::CallbackFailed { problem: problem.clone(), cause });
        self.lost(problem);
    }
}

impl<D: Driver, H: Handshake> Protocol for Viewing<D, H> {
    type Input = Input<D>;
    type Effect = Effect<D>;
    type SessionId = u32;

    const WORDS: Words = Words {
        cannot_connect: "Cannot connect. Check that the backend is running and that its address \
                         and token are right. Trying again.",
        lost: "The connection was lost. Reconnecting.",
        silent: "The backend stopped answering. Reconnecting.",
        overdue: "The backend did not answer in time. Trying again.",
        refused: "The backend is running but refuses the connection. The access token may be \
                  missing, wrong or expired, or the backend may have made a new one after a \
                  restart. Log in again or reload the page.",
        spent: "Check that the backend is running and that its address is right, then try again.",
    };

    fn handle(connection: &mut Connection<Self>, input: Input<D>) {
        match input {
            Input::Connect => connection.connect(),
            Input::RetryNow => connection.retry_now(),
            Input::Close => connection.close(),
            Input::Opened { generation } => connection.opened(generation),
            Input::Lost { generation } => connection.socket_lost(generation),
            Input::NoAddress { generation, message, cause } => {
                connection.no_address(generation, &message, cause);
            }
            Input::Barred { generation, by } => connection.barred(generation, by),
            Input::Probed { answered } => connection.probed(answered),
            Input::Frame { generation, frame, message } => {
                connection.incoming(generation, frame.header(), Some(&frame), message);
            }
            Input::Skimmed { generation, header, message } => {
                connection.incoming(generation, header, None, message);
            }
            Input::Text { generation, pong } => connection.heard_sign(generation, pong),
            Input::Abort { request_id } => connection.abort(request_id),
            Input::Ticked { offer, calculations } => connection.ticked(offer, calculations),
            Input::Answered { offer, answer } => connection.answered(offer, answer),
            Input::AnswerFailed { offer, message, cause } => {
                connection.answer_failed(offer, &message, cause);
            }
            Input::Online => connection.woke(true),
            Input::Offline => connection.probe(true),
            Input::Visible => {
                connection.page.hidden = false;
                connection.woke(false);
            }
            Input::Hidden => connection.page.hidden = true,
            Input::Suspended => connection.page.suspended = true,
            Input::Awake => {
                connection.page.suspended = false;
                connection.slept();
            }
            Input::Timeout => connection.timeouts(),
        }
    }

    fn effect(&self, wanted: Wanted) -> Effect<D> {
        match wanted {
            Wanted::Open { generation, attempt, .. } => Effect::Open { generation, attempt },
            Wanted::Shut { generation } => Effect::Shut { generation },
            Wanted::Ping { generation } => Effect::Ping { generation },
            Wanted::Probe => Effect::Probe,
            Wanted::Status => Effect::Status,
            Wanted::Connected => Effect::Connected,
            Wanted::ConnectFailed(problem) => Effect::ConnectFailed(problem),
            Wanted::Error(problem) => Effect::Error(problem),
        }
    }

    fn session(&self) -> (u32, Option<SessionType>) {
        (self.session.id, self.session.kind)
    }

    fn opened(connection: &mut Connection<Self>) {
        connection.say_who();
    }

    fn socket_begins(connection: &mut Connection<Self>) {
        connection.own.first_own_id = connection.own.requests.next_id();
    }

    /// A viewer that registers by itself has its own patience.
    fn limits_opening(&self) -> bool {
        !self.registrar.is_viewer()
    }

    fn awaits_data(&self) -> bool {
        !self.asked_files.is_empty() || self.tracker.awaits_data()
    }

    fn alive(&mut self) {
        self.tracker.sign_of_life();
    }

    fn ask_again(connection: &mut Connection<Self>) {
        connection.ask_again_if_broken();
    }

    fn lost(connection: &mut Connection<Self>, _problem: &Problem) -> bool {
        if connection.own.registrar.is_viewer() || connection.viewer_is_resuming() {
            return true;
        }
        connection.own.asked_files.clear();
        connection.interrupt_question();
        connection.settle_lost();
        false
    }

    fn settled(connection: &mut Connection<Self>, was_resuming: bool) {
        if was_resuming {
            connection.settle_queue();
        }
    }

    fn overdue(connection: &mut Connection<Self>, timer: Timer, due: Due) {
        match timer {
            Timer::Resume => connection.resume_overdue(due),
            Timer::Rebuild => connection.rebuilding_overdue(due),
            Timer::Remake => connection.remake_overdue(),
            _ => {}
        }
    }

    fn failed(connection: &mut Connection<Self>, problem: Problem) {
        if connection.is_drop_in() {
            if !connection.own.registrar.is_viewer() {
                connection.effects.push_back(Effect::Error(problem.clone()));
            }
            return connection.end(problem);
        }
        connection.effects.push_back(Effect::ConnectFailed(problem.clone()));
        connection.effects.push_back(Effect::Error(problem));
    }

    fn closing(connection: &mut Connection<Self>) {
        connection.end_all();
    }
}
