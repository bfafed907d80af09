//! A backend process for one test, and a viewer that talks to it.

#![allow(unreachable_pub)]

use std::{path::Path, process::Stdio, time::Duration};

use carta_resume::protocol::{EventType, Frame, Header, messages as m};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest},
};

/// Everything that has to happen happens within this time, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures");

/// A backend process, killed when dropped.
pub struct Backend {
    pub child: Child,
    pub port: u16,
}

impl Backend {
    /// Starts one on a free port, with control, serving the fixtures.
    pub async fn start(options: &[&str]) -> Self {
        Self::start_in(Path::new(FIXTURES), options).await
    }

    pub async fn start_in(root: &Path, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_backend"))
            .args(["--port", "0", "--control", "--root"])
            .arg(root)
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        within(stdout.read_line(&mut line)).await.unwrap();
        let port = line.trim().strip_prefix("listening on ws://127.0.0.1:").unwrap();
        let port = port.parse().unwrap();
        Self { child, port }
    }

    /// Opens a socket.
    pub async fn connect(&self) -> Viewer {
        self.try_connect("", &[]).await.unwrap()
    }

    pub async fn try_connect(
        &self,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Viewer, tungstenite::Error> {
        let url = format!("ws://127.0.0.1:{}/{query}", self.port);
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let connecting = tokio_tungstenite::connect_async(request);
        within(connecting).await.map(|(socket, _)| Viewer { socket, last_id: 0, icd: 28 })
    }

    /// Opens a socket and registers; returns the session id too.
    pub async fn register(&self, session_id: u32) -> (Viewer, m::RegisterViewerAck) {
        let mut viewer = self.connect().await;
        let ack = viewer.register(session_id).await;
        assert!(ack.success, "{}", ack.message);
        (viewer, ack)
    }

    /// Sends an HTTP request; returns status, head and body.
    pub async fn http(&self, method: &str, path: &str) -> (u16, String, Vec<u8>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        within(stream.read_to_end(&mut answer)).await.unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), answer[end + 4..].to_vec())
    }

    /// Carries out a control command that must succeed.
    pub async fn control(&self, command: &str) {
        let (status, _, body) = self.http("POST", &format!("/control/{command}")).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    }

    /// What every session has open.
    pub async fn sessions(&self) -> Vec<Value> {
        let (status, _, body) = self.http("GET", "/control/sessions").await;
        assert_eq!(status, 200);
        let json: Value = serde_json::from_slice(&body).unwrap();
        json["sessions"].as_array().unwrap().clone()
    }

    /// Waits for the process to end by itself; returns its exit code and log.
    pub async fn ended(mut self) -> (Option<i32>, String) {
        let status = within(self.child.wait()).await.unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
        (status.code(), log)
    }
}

pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("nothing happened in time")
}

/// A viewer's end of a socket.
pub struct Viewer {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u32,
    pub icd: u16,
}

impl Viewer {
    pub async fn send_message(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// Sends a request; returns its id.
    pub async fn send(&mut self, event: EventType, message: &impl prost::Message) -> u32 {
        let frame = self.frame(event, message);
        let id = frame.header().request_id;
        self.send_message(Message::binary(frame.bytes().to_vec())).await;
        id
    }

    /// A request that has not been sent yet.
    pub fn frame(&mut self, event: EventType, message: &impl prost::Message) -> Frame {
        self.last_id += 1;
        let header =
            Header { event_type: event.number(), icd_version: self.icd, request_id: self.last_id };
        Frame::encode(header, message)
    }

    /// The next message; `None` when the connection has ended.
    pub async fn next_message(&mut self) -> Option<Message> {
        within(self.socket.next()).await?.ok()
    }

    /// The next frame.
    pub async fn next(&mut self) -> Frame {
        match self.next_message().await {
            Some(Message::Binary(bytes)) => Frame::from_bytes(&*bytes).unwrap(),
            other => panic!("no frame but {other:?}"),
        }
    }

    /// The next frame, which must be of this type.
    pub async fn expect<M: prost::Message + Default>(&mut self, event: EventType) -> M {
        let frame = self.next().await;
        assert_eq!(frame.event().map(EventType::name), Some(event.name()));
        frame.decode().unwrap()
    }

    /// Sends a request and waits for its answer, ignoring anything else.
    pub async fn request<M: prost::Message + Default>(
        &mut self,
        event: EventType,
        message: &impl prost::Message,
    ) -> M {
        let id = self.send(event, message).await;
        loop {
            let frame = self.next().await;
            if frame.event() == event.answer() && frame.header().request_id == id {
                return frame.decode().unwrap();
            }
        }
    }

    pub async fn register(&mut self, session_id: u32) -> m::RegisterViewerAck {
        let request =
            m::RegisterViewer { session_id, client_feature_flags: 5, ..Default::default() };
        self.request(EventType::RegisterViewer, &request).await
    }

    pub async fn open(&mut self, file: &str, file_id: i32) -> m::OpenFileAck {
        let request = m::OpenFile { file: file.into(), file_id, ..Default::default() };
        let ack: m::OpenFileAck = self.request(EventType::OpenFile, &request).await;
        if ack.success {
            let _: m::RegionHistogramData = self.expect(EventType::RegionHistogramData).await;
        }
        ack
    }

    /// Proves that nothing else is under way: the answer to a ping is next.
    pub async fn quiet(&mut self) {
        self.send_message(Message::text("PING")).await;
        match self.next_message().await {
            Some(Message::Text(text)) => assert_eq!(text.as_str(), "PONG"),
            Some(Message::Binary(bytes)) => {
                let header = Header::read(&bytes);
                panic!("unexpected {:?}", header.and_then(Header::event));
            }
            other => panic!("unexpected {other:?}"),
        }
    }

    /// Waits for the connection to end; returns whether there was a close frame.
    pub async fn ended_with_close_frame(&mut self) -> bool {
        while let Some(message) = self.next_message().await {
            if let Message::Close(_) = message {
                return true;
            }
        }
        false
    }
}

pub fn region(kind: m::RegionType, points: &[(f32, f32)], rotation: f32) -> m::RegionInfo {
    m::RegionInfo {
        region_type: kind.into(),
        control_points: points.iter().map(|&(x, y)| m::Point { x, y }).collect(),
        rotation,
    }
}

pub fn set_region(file_id: i32, region_id: i32, info: m::RegionInfo) -> m::SetRegion {
    m::SetRegion { file_id, region_id, region_info: Some(info), preview_region: false }
}

/// An image as RESUME_SESSION names it.
pub fn image(file: &str, file_id: i32, channel: i32) -> m::ImageProperties {
    m::ImageProperties { file: file.into(), file_id, channel, ..Default::default() }
}

/// Statistics of these kinds, of the current plane.
pub fn stats(file_id: i32, region_id: i32, kinds: &[m::StatsType]) -> m::SetStatsRequirements {
    m::SetStatsRequirements {
        file_id,
        region_id,
        stats_configs: vec![m::set_stats_requirements::StatsConfig {
            coordinate: "z".into(),
            stats_types: kinds.iter().map(|&kind| kind.into()).collect(),
        }],
    }
}

/// Resumes with these images; returns the answer, ignoring what is streamed.
pub async fn resume(viewer: &mut Viewer, images: Vec<m::ImageProperties>) -> m::ResumeSessionAck {
    let request = m::ResumeSession { images, ..Default::default() };
    viewer.request(EventType::ResumeSession, &request).await
}
