// What every sweep over the addresses shares: its reach, and how a thread finds its addresses.

struct Sweep {
    // what the dispatch visits, the end excluded: of a sum segments, of a stream addresses
    start: u32,
    end: u32,
    // components of a parameter set, for a sum a multiple of $BLOCK
    components: u32,
}

@group(0) @binding(0) var<uniform> sweep: Sweep;
@group(0) @binding(1) var<storage, read> addresses: array<u32>;

// Addresses a trip of a workgroup: four a thread, one a lane.
const TRIP = 4u * $WORKGROUPu;

// Four addresses by octets; `live` is 0 in lanes past the end, whose index is clamped so that no
// thread diverges.
struct Quad {
    octets: array<vec4<u32>, 4>,
    live: vec4<u32>,
}

// The addresses at `at` and each a workgroup farther, as far as they lie before `end`.
fn quad(at: u32, end: u32) -> Quad {
    let index = vec4<u32>(0u, 1u, 2u, 3u) * $WORKGROUPu + at;
    let within = min(index, vec4(end - 1u));
    let a = vec4<u32>(addresses[within.x], addresses[within.y], addresses[within.z], addresses[within.w]);
    return Quad(
        array<vec4<u32>, 4>(a >> vec4(24u), (a >> vec4(16u)) & vec4(255u), (a >> vec4(8u)) & vec4(255u), a & vec4(255u)),
        select(vec4(0u), vec4(1u), index < vec4(end)),
    );
}
