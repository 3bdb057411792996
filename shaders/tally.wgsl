// A round of a radix select: how many log2-densities, of those whose key begins with a prefix, have
// each value of the digit that follows.

struct Round {
    // the bits known, and their mask; the others of the prefix are 0
    prefix: u32,
    mask: u32,
    // where the digit starts; its bits and those of the mask join
    shift: u32,
}

const BINS = $BINSu;

@group(0) @binding(3) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read> rounds: array<Round>;

var<workgroup> bins: array<atomic<u32>, BINS>;

// A number of the order of `x`.
fn key(x: f32) -> u32 {
    let bits = bitcast<u32>(x);
    return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

@compute @workgroup_size($WORKGROUP)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let round = rounds[id.y];
    for (var trip = sweep.start + id.x * TRIP; trip < sweep.end; trip += groups.x * TRIP) {
        let q = quad(trip + thread, sweep.end);
        let found = densities(q);
        for (var lane = 0u; lane < 4u; lane++) {
            let rest = key(found.log2_density[lane]) ^ round.prefix;
            if q.live[lane] == 1u && (rest & round.mask) == 0u {
                atomicAdd(&bins[rest >> round.shift], 1u);
            }
        }
    }
    workgroupBarrier();
    for (var bin = thread; bin < BINS; bin += $WORKGROUPu) {
        let count = atomicLoad(&bins[bin]);
        if count > 0u {
            atomicAdd(&counts[id.y * BINS + bin], count);
        }
    }
}
