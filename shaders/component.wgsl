// A mixture component as the device sees it, and its log-density.

// Exponents are base 2: a row is sqrt(log2(e) / 2) times a column of the precision Cholesky factor.
// `x - anchor` is exact; what is left of the mean is folded into the shifts, in f64, on the host.
struct Component {
    // weighted log2-density at the mean
    bias: f32,
    anchor0: f32,
    anchor1: f32,
    anchor2: f32,
    anchor3: f32,
    shift0: f32,
    shift1: f32,
    shift2: f32,
    shift3: f32,
    u00: f32,
    u01: f32,
    u02: f32,
    u03: f32,
    u11: f32,
    u12: f32,
    u13: f32,
    u22: f32,
    u23: f32,
    u33: f32,
}

@group(0) @binding(2) var<storage, read> components: array<Component>;

// Below any log2-density that matters, and far from infinity, which WGSL need not support.
const LEAST = -1.0e30;

// The weighted log2-density of four addresses, given their octets about the anchor.
fn log2_density(c: Component, d0: vec4<f32>, d1: vec4<f32>, d2: vec4<f32>, d3: vec4<f32>) -> vec4<f32> {
    let y0 = c.u00 * d0 + c.shift0;
    let y1 = c.u01 * d0 + c.u11 * d1 + c.shift1;
    let y2 = c.u02 * d0 + c.u12 * d1 + c.u22 * d2 + c.shift2;
    let y3 = c.u03 * d0 + c.u13 * d1 + c.u23 * d2 + c.u33 * d3 + c.shift3;
    return max(c.bias - (y0 * y0 + y1 * y1 + y2 * y2 + y3 * y3), vec4(LEAST));
}
