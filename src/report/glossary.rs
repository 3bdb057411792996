//! The words of results that not everybody knows, each with one plain sentence. The terminal and the page explain
//! them where they stand, and docs/method.md has the same sentences.

/// Where the documentation explains them.
pub const SECTION: &str = "docs/method.md#words";

/// A word, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The word as it stands in the middle of a sentence.
    pub term: &'static str,
    /// What it means, as a whole sentence.
    pub meaning: &'static str,
}

/// All of them, in the order in which they are told.
const WORDS: [Word; 21] = [
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
    Word {
        term: "adjusted Rand index",
        meaning: "The adjusted Rand index says how alike two clusterings are: 1 is the same clusters, 0 is what \
                  chance gives.",
    },
    Word {
        term: "K-Means",
        meaning: "K-Means gives each address to the nearest of k centres, so its clusters are round; those of a \
                  mixture may be long and of any size.",
    },
    Word {
        term: "splits",
        meaning: "A model splits a subnet if the addresses of the subnet lie in more than one of its clusters.",
    },
    Word {
        term: "threshold",
        meaning: "The threshold is the log-density below which an address is remote: by default 4 % of them lie below.",
    },
    Word {
        term: "lower bound",
        meaning: "The lower bound is what the fit of a mixture maximises: it tells which of several fits with the same \
                  number of components is best, and not which number.",
    },
    Word {
        term: "evidence",
        meaning: "The evidence is the lower bound less that of as many components without addresses, so it can compare \
                  numbers of components: more is better.",
    },
    Word { term: "needed", meaning: "A component is needed if it has a weight of 0.005 or more." },
    Word { term: "used", meaning: "A component is used if it holds addresses." },
    Word {
        term: "tightness",
        meaning: "Tightness is the mean distance of the addresses to the nearest centre, in octets.",
    },
    Word {
        term: "knee",
        meaning: "The knee is where the tightness bends most: past it more clusters gain little.",
    },
    Word {
        term: "inertia",
        meaning: "Inertia is the sum of squared distances to the nearest centre, which K-Means makes small.",
    },
    Word {
        term: "log-likelihood",
        meaning: "The log-likelihood is the sum of the log-densities of all addresses; it grows with every cluster.",
    },
    Word {
        term: "BIC",
        meaning: "BIC weighs how well a model fits against the number of its parameters: less is better.",
    },
    Word {
        term: "AIC",
        meaning: "AIC weighs them less strictly than BIC and favours more clusters: less is better.",
    },
];

/// The words that a page has explained: each is explained once.
#[derive(Debug, Default)]
pub struct Explained(Vec<Word>);

impl Explained {
    /// The words that `text` uses and that were not explained before.
    pub fn further(&mut self, text: &str) -> Vec<Word> {
        let mut words = used(text);
        words.retain(|word| !self.0.contains(word));
        self.0.extend(&words);
        words
    }
}

/// The words that `text` uses.
pub fn used(text: &str) -> Vec<Word> {
    let text = text.to_lowercase();
    let is_inside = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    let has = |word: &Word| {
        text.match_indices(&word.term.to_lowercase()).any(|(at, term)| {
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
        assert_eq!(terms("AIC at 3"), ["AIC"]);
    }

    #[test]
    fn a_page_explains_a_word_once() {
        let mut explained = Explained::default();
        let mut terms =
            |text| explained.further(text).iter().map(|word| word.term).collect::<Vec<_>>();
        assert_eq!(terms("bits, sd"), ["bits", "sd"]);
        assert_eq!(terms("surprise, bits"), ["surprise"]);
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
