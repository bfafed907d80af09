// Generated from src/connection/problem.rs by tests/native/generated.rs. Do not edit.

/** What a `ResumeError` is about. Stable: new ones may join. */
export type ResumeErrorCode =
  /** An option is unknown, mistyped or out of range; the message names it. */
  | "invalid-option"
  /**
   * What was passed to `send` or `request` is not a frame, or has an event type that
   * gets no answer.
   */
  | "invalid-frame"
  /** The queue's bound is reached; `frames` names what was refused. */
  | "queue-full"
  /** The client is closed. */
  | "closed"
  /** The backend speaks an interface version that this client does not. */
  | "unsupported-icd-version"
  /** The backend answered REGISTER_VIEWER with a refusal. */
  | "registration-refused"
  /** The connection is refused each time: check address and token. */
  | "connection-refused"
  /** The login has expired, or a different user has logged in. */
  | "login-required"
  /** `backoff.maxAttempts` attempts have failed. */
  | "retry-budget-spent"
  /** An attempt did not get as far as an open, registered connection in time. */
  | "connection-timeout"
  /** The connection was open and is gone. */
  | "connection-lost"
  /** The user said no, so this request's answer will never come. */
  | "declined"
  /**
   * The request's answer was lost, and it has effects outside the session (saving,
   * exporting), or calculates from a channel or region that may have changed since.
   * It may have happened: check before you send it again.
   */
  | "not-replayed"
  /**
   * It was under way when two connections in a row were lost, and may be the cause: it
   * is not sent again automatically. A request that was sent by `send` is also
   * answered with `success = false` in its own terms.
   */
  | "lost-twice"
  /**
   * What the request is about was closed or removed while there was no connection, so
   * it is not sent. It is answered like `lost-twice`.
   */
  | "abandoned"
  /**
   * A frame from the backend could not be decoded. It was passed on, unless it is
   * shorter than 8 bytes.
   */
  | "unreadable-frame"
  /** `confirmResume` threw, rejected or returned something else. */
  | "confirm-failed"
  /**
   * RESUME_SESSION was not answered within `timeouts.resumeMs`, although other
   * requests were.
   */
  | "resume-timeout"
  /** The `url` function threw, rejected or returned no WebSocket address. */
  | "url-failed"
  /** A region's points are not finite, or not as many as its type needs. */
  | "invalid-region"
  /** No image with this file id is open. */
  | "unknown-image"
  /** An `on` handler threw. The client goes on. */
  | "handler-failed"
  /** `archive.restore` was called while there is no working connection. */
  | "not-active"
  /**
   * The file of a restored image has changed since it was opened: a different size,
   * date or shape. `viewerState()` has the new one, as in the backend's answer to
   * FILE_INFO_REQUEST.
   */
  | "file-changed"
  /** The archive has no workspace with this id. */
  | "unknown-workspace"
  /** This work was moved to another tab, and this client was closed. */
  | "moved"
  /** The tab that has this work open does not respond. */
  | "other-tab-silent"
  /**
   * `archive.import` was given a file that is not an exported workspace, is damaged,
   * or comes from a newer version.
   */
  | "invalid-file"
  /** Another process or tab has the stored session of this Lavalink node. */
  | "session-in-use"
  /** A Lavalink node answered a REST request with an error, or not in time. */
  | "request-failed"
  /** The browser's storage is missing, full, blocked or damaged. Work goes on in memory. */
  | "storage-failed";
