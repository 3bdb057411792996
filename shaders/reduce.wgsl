// Sums each row of per-thread partial sums into `words` words, PARTIALS neighbouring partials a word;
// the host sums the words in f64. Order and grouping do not depend on where a run is cut.

#import workgroup

// Partials a word.
const PARTIALS = 64u;

struct Reduction {
    // rows of partial sums
    rows: u32,
    // partials in a row, one a thread
    threads: u32,
    // words in a row of the result
    words: u32,
}

@group(0) @binding(0) var<uniform> reduction: Reduction;
@group(0) @binding(1) var<storage, read> partials: array<$WORD>;
@group(0) @binding(2) var<storage, read_write> sums: array<$WORD>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let word = id.x;
    let row = id.y;
    if word >= reduction.words || row >= reduction.rows {
        return;
    }
    let end = min((word + 1u) * PARTIALS, reduction.threads);
    var sum = $WORD(0);
    for (var thread = word * PARTIALS; thread < end; thread++) {
        sum += partials[row * reduction.threads + thread];
    }
    sums[row * reduction.words + word] = sum;
}
