// One round of a radix select: of the log2-densities whose key begins with a prefix, counts how many
// have each value of the next digit.

#import density

struct Round {
    // the bits of the key that are known; the others are 0
    prefix: u32,
    // which bits those are
    mask: u32,
    // the lowest bit of the digit, which ends where the mask begins
    shift: u32,
}

// Values of a digit.
const BINS = 2048u;

@group(0) @binding(3) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read> rounds: array<Round>;

var<workgroup> bins: array<atomic<u32>, BINS>;

// An integer key: keys are in the same order as the numbers.
fn key(x: f32) -> u32 {
    let bits = bitcast<u32>(x);
    return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let round = rounds[id.y];
    for (var trip = reach.start + id.x * TRIP; trip < reach.end; trip += groups.x * TRIP) {
        let four = load_four(trip + thread, reach.end);
        let of_four = densities(four);
        for (var lane = 0u; lane < 4u; lane++) {
            let rest = key(of_four.log2_density[lane]) ^ round.prefix;
            if four.live[lane] == 1u && (rest & round.mask) == 0u {
                atomicAdd(&bins[rest >> round.shift], 1u);
            }
        }
    }
    workgroupBarrier();
    for (var bin = thread; bin < BINS; bin += WORKGROUP) {
        let count = atomicLoad(&bins[bin]);
        if count > 0u {
            atomicAdd(&counts[id.y * BINS + bin], count);
        }
    }
}
