// What every pass over the addresses shares: how far a dispatch reaches, and how a thread loads its
// addresses.

#import workgroup

struct Reach {
    // what the dispatch visits, without the end: segments in a sum, addresses otherwise
    start: u32,
    end: u32,
    // components of a parameter set; in a sum a multiple of the block
    components: u32,
}

@group(0) @binding(0) var<uniform> reach: Reach;
@group(0) @binding(1) var<storage, read> addresses: array<u32>;

// Addresses that a workgroup takes in one trip: four a thread, one a lane.
override TRIP = 4u * WORKGROUP;

// Four addresses. Lanes past the end repeat the last address, so that no thread diverges.
struct Four {
    // octets[i] holds octet i of each address
    octets: array<vec4<u32>, 4>,
    // 1, or 0 past the end
    live: vec4<u32>,
}

// The address at index `at` and three more, each a workgroup further on, as far as they are before `end`.
fn load_four(at: u32, end: u32) -> Four {
    let index = vec4<u32>(0u, 1u, 2u, 3u) * WORKGROUP + at;
    let within = min(index, vec4(end - 1u));
    let a = vec4<u32>(addresses[within.x], addresses[within.y], addresses[within.z], addresses[within.w]);
    return Four(
        array<vec4<u32>, 4>(a >> vec4(24u), (a >> vec4(16u)) & vec4(255u), (a >> vec4(8u)) & vec4(255u), a & vec4(255u)),
        select(vec4(0u), vec4(1u), index < vec4(end)),
    );
}
