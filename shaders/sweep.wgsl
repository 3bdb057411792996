// What every sweep over the addresses shares: its size, and how a thread finds its addresses.

struct Sweep {
    // where in the buffer the sweep starts
    start: u32,
    // addresses to visit, at least 1
    addresses: u32,
    // threads along x; each takes every threads-th address
    threads: u32,
    // trips of four addresses a thread
    trips: u32,
    // components of a parameter set, a multiple of $BLOCK
    components: u32,
}

@group(0) @binding(0) var<uniform> sweep: Sweep;
@group(0) @binding(1) var<storage, read> addresses: array<u32>;

// Four addresses, one a lane, by octets; `live` is 0 in lanes past the end, whose index is clamped
// so that no thread diverges.
struct Quad {
    octets: array<vec4<u32>, 4>,
    live: vec4<u32>,
}

fn quad(thread: u32, trip: u32) -> Quad {
    let index = (vec4<u32>(0u, 1u, 2u, 3u) + 4u * trip) * sweep.threads + thread;
    let at = sweep.start + min(index, vec4(sweep.addresses - 1u));
    let a = vec4<u32>(addresses[at.x], addresses[at.y], addresses[at.z], addresses[at.w]);
    return Quad(
        array<vec4<u32>, 4>(a >> vec4(24u), (a >> vec4(16u)) & vec4(255u), (a >> vec4(8u)) & vec4(255u), a & vec4(255u)),
        select(vec4(0u), vec4(1u), index < vec4(sweep.addresses)),
    );
}

// Where thread `thread` writes row 0 of a block of components; rows lie sweep.threads apart, so
// that neighbouring threads write neighbouring words.
fn first_row(thread: u32, block: u32, params: u32, rows: u32) -> u32 {
    let blocks = sweep.components / $BLOCKu;
    return (params * blocks + block) * rows * sweep.threads + thread;
}
