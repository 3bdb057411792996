// A Gaussian component for addresses with a given first octet: what that octet adds to each row is a
// constant.

#import component

struct Slice {
    // bits, the first row included
    bias: f32,
    // x0 - anchor0, octets
    d0: f32,
    anchor1: f32,
    anchor2: f32,
    anchor3: f32,
    shift1: f32,
    shift2: f32,
    shift3: f32,
    u11: f32,
    u12: f32,
    u13: f32,
    u22: f32,
    u23: f32,
    u33: f32,
}

fn slice(c: Component, x0: f32) -> Slice {
    let d0 = x0 - c.anchor0;
    let y0 = c.u00 * d0 + c.shift0;
    return Slice(
        max(c.bias - y0 * y0, LEAST),
        d0,
        c.anchor1,
        c.anchor2,
        c.anchor3,
        c.u01 * d0 + c.shift1,
        c.u02 * d0 + c.shift2,
        c.u03 * d0 + c.shift3,
        c.u11,
        c.u12,
        c.u13,
        c.u22,
        c.u23,
        c.u33,
    );
}

// The weighted log2-densities of four addresses, as `log2_density` computes them.
fn sliced_log2_density(c: Slice, x1: vec4<f32>, x2: vec4<f32>, x3: vec4<f32>) -> vec4<f32> {
    let d1 = x1 - c.anchor1;
    let d2 = x2 - c.anchor2;
    let d3 = x3 - c.anchor3;
    let y1 = c.u11 * d1 + c.shift1;
    let y2 = c.u12 * d1 + c.u22 * d2 + c.shift2;
    let y3 = c.u13 * d1 + c.u23 * d2 + c.u33 * d3 + c.shift3;
    return max(c.bias - (y1 * y1 + y2 * y2 + y3 * y3), vec4(LEAST));
}
