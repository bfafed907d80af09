//! One name for a backend that can be reached under several.

/// Names of the machine that the browser runs on.
const THIS_MACHINE: [&str; 2] = ["127.0.0.1", "[::1]"];

/// The page that a web server serves for its folder.
const INDEX: &str = "index.html";

/// The address under which work of this backend is stored. Two addresses get one name
/// only where they certainly lead to the same backend: a page that is opened by the name
/// of its file, and the names of this machine at the same port.
pub fn canonical(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once(':') else { return address.to_owned() };
    let Some(rest) = rest.strip_prefix("//") else { return address.to_owned() };
    let slash = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(slash).unwrap_or((rest, ""));
    let path = path.strip_suffix(INDEX).filter(|path| path.ends_with('/')).unwrap_or(path);
    let local = THIS_MACHINE.iter().find_map(|name| {
        host.strip_prefix(name).filter(|port| port.is_empty() || port.starts_with(':'))
    });
    let (host, port) = local.map_or((host, ""), |port| ("localhost", port));
    [scheme, "://", host, port, path].concat()
}
