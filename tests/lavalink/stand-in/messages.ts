/** What a node sends on the socket, and the objects of its REST interface. */

export interface Track {
  encoded: string;
  info: Record<string, unknown>;
  pluginInfo: object;
  userData: object;
}

export interface PlayerState {
  time: number;
  position: number;
  connected: boolean;
  ping: number;
}

export interface Player {
  guildId: string;
  track: Track | null;
  volume: number;
  paused: boolean;
  state: PlayerState;
  voice: { token: string; endpoint: string; sessionId: string; channelId: string };
  filters: object;
}

/** An event of one guild's player, for example a TrackStartEvent. */
export interface PlayerEvent {
  type: string;
  guildId: string;
  [field: string]: unknown;
}

export type Message =
  | { op: "ready"; resumed: boolean; sessionId: string }
  | { op: "playerUpdate"; guildId: string; state: PlayerState }
  | ({ op: "event" } & PlayerEvent)
  | { op: "stats"; [field: string]: unknown };

/** The figures of `op: stats`, and of GET /v4/stats. */
export const stats = (players: Player[], uptimeS: number) => ({
  players: players.length,
  playingPlayers: players.filter(isPlaying).length,
  uptime: uptimeS * 1_000,
  memory: { free: 50_000_000, used: 50_000_000, allocated: 100_000_000, reservable: 500_000_000 },
  cpu: { cores: 2, systemLoad: 0.1, lavalinkLoad: 0.05 },
  frameStats: null,
});

export const isPlaying = ({ track, paused }: Player): boolean => track !== null && !paused;

/** A player as it is before anything was requested of it. */
export const newPlayer = (guildId: string): Player => ({
  guildId,
  track: null,
  volume: 100,
  paused: false,
  state: { time: 0, position: 0, connected: false, ping: -1 },
  voice: { token: "", endpoint: "", sessionId: "", channelId: "" },
  filters: {},
});

/** What a node would decode from an encoded track. */
export const trackOf = (encoded: string, userData: object): Track => ({
  encoded,
  info: {
    identifier: encoded,
    isSeekable: true,
    author: "author",
    length: 180_000,
    isStream: false,
    position: 0,
    title: `title of ${encoded}`,
    uri: null,
    artworkUrl: null,
    isrc: null,
    sourceName: "local",
  },
  pluginInfo: {},
  userData,
});
