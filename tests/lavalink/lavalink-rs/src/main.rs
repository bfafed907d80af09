//! Connects to a node with lavalink-rs and prints what it is told, one JSON object per line.
//! `lavalink-rs-check HOST:PORT PASSWORD [SESSION_ID]`; it ends when its standard input does.

use std::io::Read;

use lavalink_rs::model::BoxFuture;
use lavalink_rs::model::client::NodeDistributionStrategy;
use lavalink_rs::model::events::{Events, PlayerUpdate, Ready, Stats, TrackEnd, TrackStart};
use lavalink_rs::model::http::ResumingState;
use lavalink_rs::prelude::{LavalinkClient, NodeBuilder, UserId};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let hostname = arguments.next().expect("HOST:PORT");
    let password = arguments.next().expect("PASSWORD");
    let node = NodeBuilder {
        hostname,
        is_ssl: false,
        events: Events::default(),
        password,
        user_id: UserId(170_939_974_227_591_168),
        session_id: arguments.next(),
    };
    let events = Events {
        ready: Some(ready),
        player_update: Some(player_update),
        stats: Some(stats),
        track_start: Some(track_start),
        track_end: Some(track_end),
        ..Events::default()
    };
    LavalinkClient::new(events, vec![node], NodeDistributionStrategy::new()).await;
    let input = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    input.await.expect("a thread").expect("standard input");
}

/// Asks the node to hold the session, and for its players.
fn ready(client: LavalinkClient, session_id: String, ready: &Ready) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let http = &client.get_node_by_index(0).expect("the node").http;
        let hold = ResumingState { resuming: Some(true), timeout: Some(60) };
        let held = http.set_resuming_state(&session_id, &hold).await;
        let players = http.get_players(&session_id).await;
        let version = http.info().await.map(|info| info.version.semver);
        println!(
            "{}",
            json!({
                "ready": session_id,
                "resumed": ready.resumed,
                "held": held.expect("an answer to PATCH"),
                "players": players.expect("the players").len(),
                "version": version.expect("the node's description"),
            })
        );
    })
}

fn player_update(_: LavalinkClient, _: String, told: &PlayerUpdate) -> BoxFuture<'_, ()> {
    Box::pin(async move { println!("{}", json!({ "playerUpdate": told.guild_id })) })
}

fn stats(_: LavalinkClient, _: String, told: &Stats) -> BoxFuture<'_, ()> {
    Box::pin(async move { println!("{}", json!({ "stats": told.players })) })
}

fn track_start(_: LavalinkClient, _: String, told: &TrackStart) -> BoxFuture<'_, ()> {
    Box::pin(async move { println!("{}", json!({ "start": told.track.encoded })) })
}

fn track_end(_: LavalinkClient, _: String, told: &TrackEnd) -> BoxFuture<'_, ()> {
    Box::pin(async move { println!("{}", json!({ "end": told.track.encoded })) })
}
