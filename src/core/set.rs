//! A set as a sorted vector: little code, little memory, and an order that
//! depends on nothing but its elements.

use crate::prelude::*;

/// Elements in ascending order, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set<T>(Vec<T>);

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord + Copy> Set<T> {
    /// Adds an element, unless it is there.
    pub(super) fn insert(&mut self, element: T) {
        if let Err(at) = self.0.binary_search(&element) {
            self.0.insert(at, element);
        }
    }

    /// Removes an element, if it is there.
    pub(super) fn remove(&mut self, element: T) {
        if let Ok(at) = self.0.binary_search(&element) {
            self.0.remove(at);
        }
    }

    /// Has it no elements?
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is this one of its elements?
    pub(super) fn contains(&self, element: T) -> bool {
        self.0.binary_search(&element).is_ok()
    }

    /// Takes the smallest element.
    pub(super) fn pop_first(&mut self) -> Option<T> {
        if self.0.is_empty() { None } else { Some(self.0.remove(0)) }
    }

    /// Keeps the elements for which `keep` holds.
    pub(super) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }

    /// Removes every element.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The elements in ascending order.
    pub(super) fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<T: Ord + Copy> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        for element in elements {
            self.insert(element);
        }
    }
}

impl<T: Ord + Copy> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut set = Self::default();
        set.extend(elements);
        set
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = alloc::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_sorted_and_unique() {
        let mut set: Set<u8> = [3, 1, 2, 3].into_iter().collect();
        assert_eq!(set.as_slice(), [1, 2, 3]);
        set.remove(2);
        set.remove(9);
        assert!(set.contains(3) && !set.contains(2));
        assert_eq!(set.pop_first(), Some(1));
        assert_eq!(set.pop_first(), Some(3));
        assert_eq!(set.pop_first(), None);
    }
}
