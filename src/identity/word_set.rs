//! Lists of words to look a word up in.

use rustc_hash::FxHashSet;

/// Words that are compiled in: nobody can choose them to collide.
pub(super) type WordSet = FxHashSet<&'static str>;

pub(super) fn set_of(list: &'static str) -> WordSet {
    list.split_ascii_whitespace().collect()
}
