// A Gaussian component of a mixture, and the log2-densities of four addresses under it.

// The anchor is the mean rounded to whole octets, so that `x - anchor` is exact in f32. The host folds
// the rest of the mean into the shifts, in f64.
struct Component {
    // weighted log2-density at the mean less the level of the mixture, in bits
    bias: f32,
    // whole octets, 0 to 255
    anchor0: f32,
    anchor1: f32,
    anchor2: f32,
    anchor3: f32,
    // factor' (anchor - mean)
    shift0: f32,
    shift1: f32,
    shift2: f32,
    shift3: f32,
    // columns of the precision Cholesky factor, times sqrt(log2(e) / 2), so that |y|^2 is in bits
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

// Bits, below any log2-density that matters. WGSL need not support infinity.
const LEAST = -1.0e30;
// A responsibility below two to this power is taken for 0.
const FLOOR = -60.0;

@group(0) @binding(2) var<storage, read> components: array<Component>;

// The weighted log2-densities of four addresses.
fn log2_density(c: Component, x0: vec4<f32>, x1: vec4<f32>, x2: vec4<f32>, x3: vec4<f32>) -> vec4<f32> {
    let d0 = x0 - c.anchor0;
    let d1 = x1 - c.anchor1;
    let d2 = x2 - c.anchor2;
    let d3 = x3 - c.anchor3;
    let y0 = c.u00 * d0 + c.shift0;
    let y1 = c.u01 * d0 + c.u11 * d1 + c.shift1;
    let y2 = c.u02 * d0 + c.u12 * d1 + c.u22 * d2 + c.shift2;
    let y3 = c.u03 * d0 + c.u13 * d1 + c.u23 * d2 + c.u33 * d3 + c.shift3;
    return max(c.bias - (y0 * y0 + y1 * y1 + y2 * y2 + y3 * y3), vec4(LEAST));
}
