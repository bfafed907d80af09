//! What a RESUME_SESSION_ACK says.

use serde::Serialize;

/// An image whose file is another one than when it was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedImage {
    /// The viewer's number for the image.
    pub file_id: i32,
    /// File name.
    pub file: String,
}

/// What a resume brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Restored {
    /// Everything is back.
    pub success: bool,
    /// The backend's words.
    pub message: String,
    /// File ids of the images that are back.
    pub images: Vec<i32>,
    /// File ids of the images that are not.
    pub failed_images: Vec<i32>,
    /// File ids of the images that were in the backend's memory only and are gone.
    /// They were no part of what was asked for.
    pub lost_images: Vec<i32>,
    /// Ids of the regions that are not, those on lost images among them. The regions of a
    /// failed image are not tried and not listed.
    pub failed_regions: Vec<i32>,
    /// How many regions are back.
    pub region_count: usize,
    /// Images that are back and whose files have changed meanwhile.
    pub changed_images: Vec<ChangedImage>,
    /// File ids of the catalogs that were asked for. A missing catalog is
    /// nowhere reported.
    pub catalogs: Vec<i32>,
}

/// Reads `Problem loading files: 0 2 Problem loading regions: 5 `: the ids of
/// the files, and of the regions. `None` if the words are others.
pub(super) fn failures(message: &str) -> Option<(Vec<i32>, Vec<i32>)> {
    let words: Vec<&str> = message.split_ascii_whitespace().collect();
    let mut lists = words.split(|word| *word == "Problem").skip(1);
    match (lists.next()?, lists.next()?, lists.next()) {
        (["loading", "files:", files @ ..], ["loading", "regions:", regions @ ..], None) => {
            Some((ids(files)?, ids(regions)?))
        }
        _ => None,
    }
}

fn ids(words: &[&str]) -> Option<Vec<i32>> {
    words.iter().map(|id| i32::try_from(id.parse::<u32>().ok()?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::failures;

    #[test]
    fn both_lists_may_be_empty() {
        let read = |files: &str, regions: &str| {
            failures(&format!("Problem loading files: {files}Problem loading regions: {regions}"))
        };
        assert_eq!(read("", ""), Some((vec![], vec![])));
        assert_eq!(read("0 2 ", "5 "), Some((vec![0, 2], vec![5])));
        assert_eq!(read("", "1 4 3 2 "), Some((vec![], vec![1, 4, 3, 2])));
    }

    #[test]
    fn other_words_are_not_read_as_lists() {
        assert_eq!(failures("Not implemented"), None);
        assert_eq!(failures("Problem loading files: x Problem loading regions: "), None);
        assert_eq!(failures("Problem loading files: 99999999999 Problem loading regions: "), None);
    }
}
