//! The words of results that not everybody knows, each with one plain sentence. The terminal and the page explain
//! them where they stand, and docs/method.md has the same sentences.

/// Where the documentation explains them.
pub const SECTION: &str = "docs/method.md#words";

/// A word, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The word as it stands in results, in lower case.
    pub term: &'static str,
    /// What it means, as a whole sentence.
    pub meaning: &'static str,
}

/// All of them, in the order in which they are told.
const WORDS: [Word; 7] = [
    Word {
        term: "bits",
        meaning: "A bit is as unexpected as a tossed coin: what takes 10 bits has a chance of 1 in 1,000.",
    },
    Word {
        term: "surprise",
        meaning: "Surprise is the sum of the bits of all four octets: how unexpected an address is among the others.",
    },
    Word {
        term: "nearest cluster",
        meaning: "The nearest cluster is the one whose centre is the fewest sd away, among those of five addresses \
                  or more.",
    },
    Word {
        term: "sd",
        meaning: "An sd is a standard deviation of that cluster: few of its own addresses are more than 4 sd away.",
    },
    Word {
        term: "log-density",
        meaning: "Log-density says how usual the model finds a place, as a natural logarithm: the lower, the more \
                  remote.",
    },
    Word {
        term: "diffuse",
        meaning: "Diffuse means that so many addresses stand alone that to be alone is usual, so none is flagged for \
                  it.",
    },
    Word {
        term: "collapsed",
        meaning: "A collapsed cluster has shrunk to a point or a line: its addresses hardly differ in some direction.",
    },
];

/// The words that `text` uses.
pub fn used(text: &str) -> Vec<Word> {
    let text = text.to_lowercase();
    let is_inside = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    let has = |word: &Word| {
        text.match_indices(word.term).any(|(at, term)| {
            let (before, after) = (&text[..at], &text[at + term.len()..]);
            !is_inside(before.chars().next_back()) && !is_inside(after.chars().next())
        })
    };
    WORDS.into_iter().filter(has).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_and_in_any_case() {
        let terms = |text| used(text).iter().map(|word| word.term).collect::<Vec<_>>();
        assert_eq!(
            terms("14.5 of 38.5 bits); nearest cluster 1 is 130 sd away"),
            ["bits", "nearest cluster", "sd"]
        );
        assert_eq!(terms("  Collapsed: cluster 3"), ["collapsed"]);
        assert_eq!(terms("bitsy sdk low-density"), [""; 0]);
    }

    #[test]
    fn the_documentation_has_every_sentence() {
        let page = include_str!("../../docs/method.md");
        let (_, section) = page.split_once("\n## Words\n").unwrap();
        let section = section.split_whitespace().collect::<Vec<_>>().join(" ");
        for Word { term, meaning } in WORDS {
            assert!(section.contains(&format!("**{term}**: {meaning}")), "{term}");
        }
    }
}
