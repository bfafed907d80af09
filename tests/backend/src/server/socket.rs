//! One socket. Reading comes before writing: while a message is being handled, nothing is sent, and
//! a RESUME_SESSION that was sent right behind another message finds that message's answer still
//! waiting and discards it, as in the real backend.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use carta_resume::protocol::{EventType, Frame};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{sync::mpsc, time::Instant};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Bytes, Message,
        protocol::{Role, WebSocketConfig, frame::coding::CloseCode},
    },
};

use super::{Server, outbox::Outbox};
use crate::{
    faults::Faults,
    registry::{Connection, lock},
    session::{Replies, Session},
};

/// Largest message, in bytes.
const MAX_MESSAGE: usize = 256 << 20;

/// The silence after which the peer is pinged, and after which it is given up.
const PING_AFTER: Duration = Duration::from_millis(103_900);
const DROP_AFTER: Duration = Duration::from_millis(119_900);

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Serves a socket until it ends.
pub(super) async fn serve(server: Arc<Server>, upgraded: Upgraded) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let io = TokioIo::new(upgraded);
    let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    let (inject, injected) = mpsc::unbounded_channel();
    let environment = &server.environment;
    let connection = environment.registry.begin(environment, inject);
    let mut peer = Peer {
        server: Arc::clone(&server),
        socket,
        connection: connection.clone(),
        injected,
        outbox: Outbox::default(),
        faults: Arc::clone(&environment.faults),
        closed_by_viewer: false,
        heard: Instant::now(),
        pinged: false,
    };
    peer.serve().await;
    environment.registry.end(connection.number, !peer.closed_by_viewer);
    // Dropping the socket now closes TCP without a close frame.
}

struct Peer {
    server: Arc<Server>,
    socket: Socket,
    connection: Connection,
    injected: mpsc::UnboundedReceiver<Message>,
    outbox: Outbox,
    faults: Arc<Faults>,
    /// The viewer said goodbye (code 1000), so its session is not kept.
    closed_by_viewer: bool,
    heard: Instant,
    pinged: bool,
}

/// Why the loop continues.
enum Event {
    Cut,
    GoesDeaf,
    StallBegins,
    Received(Option<Message>),
    Injected(Message),
    Leave,
    Tick,
    Silence,
}

impl Peer {
    async fn serve(&mut self) {
        let mut stall = self.faults.watch_stall();
        loop {
            let cut = self.connection.cut.clone();
            let deaf = self.connection.deaf.clone();
            tokio::select! {
                biased;
                () = cut.cancelled() => return,
                () = self.faults.stall_ends() => {}
            }
            if deaf.is_cancelled() {
                tokio::select! {
                    () = cut.cancelled() => {}
                    () = tokio::time::sleep(DROP_AFTER) => {}
                }
                return;
            }
            let tick = lock(&self.connection.session).next_tick();
            let due = self.outbox.due();
            let silence = self.heard + if self.pinged { DROP_AFTER } else { PING_AFTER };
            let event = tokio::select! {
                biased;
                () = cut.cancelled() => Event::Cut,
                () = deaf.cancelled() => Event::GoesDeaf,
                _ = stall.changed() => Event::StallBegins,
                message = self.socket.next() => Event::Received(message.and_then(Result::ok)),
                Some(message) = self.injected.recv() => Event::Injected(message),
                () = at(due) => Event::Leave,
                () = at(tick) => Event::Tick,
                () = at(Some(silence)) => Event::Silence,
            };
            if !self.react(event).await {
                return;
            }
        }
    }

    /// Returns whether the socket stays open.
    async fn react(&mut self, event: Event) -> bool {
        match event {
            Event::Cut | Event::Received(None) => return false,
            Event::GoesDeaf | Event::StallBegins => {}
            Event::Received(Some(message)) => {
                self.heard = Instant::now();
                self.pinged = false;
                self.receive(message).await;
            }
            Event::Injected(message) => self.push(message, Duration::ZERO),
            Event::Leave => return self.send_due().await,
            Event::Tick => self.work(Session::tick).await,
            Event::Silence if self.pinged => return false,
            Event::Silence => {
                self.pinged = true;
                self.push(Message::Ping(Bytes::new()), Duration::ZERO);
            }
        }
        true
    }

    /// Sends everything that may be sent, all at once. A viewer of version 4.1.0 never shows a tile
    /// that it has decompressed before the RASTER_TILE_SYNC behind it has arrived.
    async fn send_due(&mut self) -> bool {
        let cut = self.connection.cut.clone();
        let now = Instant::now();
        let sending = async {
            while let Some(message) = self.outbox.pop(now) {
                self.socket.feed(message).await?;
            }
            self.socket.flush().await
        };
        tokio::select! {
            biased;
            () = cut.cancelled() => false,
            sent = sending => sent.is_ok(),
        }
    }

    async fn receive(&mut self, message: Message) {
        match message {
            Message::Binary(bytes) => {
                // Too short for a header: ignored.
                let Some(frame) = Frame::from_bytes(Vec::from(bytes)) else { return };
                self.note("received", &frame);
                if let Some(duration) = self.faults.busy(frame.header().event_type) {
                    self.faults.stall(duration);
                    tokio::select! {
                        biased;
                        () = self.connection.cut.cancelled() => return,
                        () = self.faults.stall_ends() => {}
                    }
                }
                if frame.event() == Some(EventType::ScriptingResponse) {
                    lock(&self.connection.scripting).answered(&frame);
                    return;
                }
                if let Some(after) = self.faults.kills(&frame) {
                    tokio::time::sleep(after).await;
                    self.server.environment.registry.restart();
                    return;
                }
                self.work(move |session| session.handle(&frame)).await;
            }
            Message::Text(text) if text.as_str() == "PING" => {
                if let Some(delay) = self.faults.outgoing(None) {
                    self.push(Message::text("PONG"), delay);
                }
            }
            Message::Close(close) => {
                self.closed_by_viewer = close.is_some_and(|close| close.code == CloseCode::Normal);
            }
            Message::Text(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }

    /// Runs the session's work, on a thread where it may take long.
    async fn work(&mut self, job: impl FnOnce(&mut Session) -> Replies + Send + 'static) {
        let session = Arc::clone(&self.connection.session);
        let worked = tokio::task::spawn_blocking(move || job(&mut lock(&session))).await;
        let Ok(replies) = worked else { return };
        if replies.discard_pending {
            self.outbox.clear();
        }
        for frame in replies.frames {
            if let Some(delay) = self.faults.outgoing(Some(frame.header().event_type)) {
                self.note("sent", &frame);
                self.push(Message::binary(frame.bytes().to_vec()), delay);
            }
        }
    }

    fn push(&mut self, message: Message, delay: Duration) {
        self.outbox.push(message, delay, self.connection.rate.load(Ordering::Relaxed));
    }

    fn note(&self, direction: &'static str, frame: &Frame) {
        let header = frame.header();
        let name = frame.event().map_or_else(|| header.event_type.to_string(), name);
        self.connection.note(direction, &name, header.request_id);
    }
}

fn name(event: EventType) -> String {
    event.name().to_owned()
}

/// Waits until then; forever without a time.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
