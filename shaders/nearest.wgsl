// The nearest K-Means centre of each of four addresses: in f32, and exactly where f32 cannot tell.

#import reach

// Coordinates are in octets. The exact ones are high + middle / 2^16 + low / 2^32, with high rounded
// down: the fixed point of the host.
struct Centre {
    // |c|^2 / 2 in f32, octets^2
    half_norm: f32,
    // c in f32, octets
    x0: f32,
    x1: f32,
    x2: f32,
    x3: f32,
    // octets^2: scores of this set that are closer than this may be in the wrong order in f32
    window: f32,
    // |c|^2 / 2, exactly
    half_norm_high: i32,
    half_norm_middle: i32,
    half_norm_low: i32,
    // c, exactly
    high0: i32,
    high1: i32,
    high2: i32,
    high3: i32,
    middle0: i32,
    middle1: i32,
    middle2: i32,
    middle3: i32,
    low0: i32,
    low1: i32,
    low2: i32,
    low3: i32,
}

@group(0) @binding(2) var<storage, read> centres: array<Centre>;

// Indices within the set that starts at centre `first`; ties go to the lowest.
fn nearest(first: u32, four: Four) -> vec4<u32> {
    let x0 = vec4<f32>(four.octets[0]);
    let x1 = vec4<f32>(four.octets[1]);
    let x2 = vec4<f32>(four.octets[2]);
    let x3 = vec4<f32>(four.octets[3]);
    var best = vec4(3.0e38);
    var second = vec4(3.0e38);
    var index = vec4(0u);
    for (var k = 0u; k < reach.components; k++) {
        let c = centres[first + k];
        let score = c.half_norm - (x0 * c.x0 + x1 * c.x1 + x2 * c.x2 + x3 * c.x3);
        index = select(index, vec4(k), score < best);
        second = min(second, max(best, score));
        best = min(best, score);
    }
    if any(second - best < vec4(centres[first].window)) {
        return nearest_exactly(first, four);
    }
    return index;
}

fn nearest_exactly(first: u32, four: Four) -> vec4<u32> {
    let x0 = vec4<i32>(four.octets[0]);
    let x1 = vec4<i32>(four.octets[1]);
    let x2 = vec4<i32>(four.octets[2]);
    let x3 = vec4<i32>(four.octets[3]);
    var best_high = vec4(0x7fffffff);
    var best_middle = vec4(0);
    var best_low = vec4(0);
    var index = vec4(0u);
    for (var k = 0u; k < reach.components; k++) {
        let c = centres[first + k];
        // Each stays below 2^28: 4 x 255 x 2^16, and at most 2^21 in the high word.
        var high = c.half_norm_high - (x0 * c.high0 + x1 * c.high1 + x2 * c.high2 + x3 * c.high3);
        var middle = c.half_norm_middle - (x0 * c.middle0 + x1 * c.middle1 + x2 * c.middle2 + x3 * c.middle3);
        var low = c.half_norm_low - (x0 * c.low0 + x1 * c.low1 + x2 * c.low2 + x3 * c.low3);
        // Carry, rounding down: an arithmetic shift.
        middle += low >> vec4(16u);
        low &= vec4(0xffff);
        high += middle >> vec4(16u);
        middle &= vec4(0xffff);
        let less = (high < best_high)
            | ((high == best_high) & ((middle < best_middle) | ((middle == best_middle) & (low < best_low))));
        index = select(index, vec4(k), less);
        best_high = select(best_high, high, less);
        best_middle = select(best_middle, middle, less);
        best_low = select(best_low, low, less);
    }
    return index;
}
