// A mixture component as the device sees it, and an address in its axes.

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
    // columns of the precision Cholesky factor, scaled as the tail wants them
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

// Below any log2-density that matters, and far from infinity, which WGSL need not support.
const LEAST = -1.0e30;

// Four addresses along the axes in which a component is round.
struct Whitened {
    y0: vec4<f32>,
    y1: vec4<f32>,
    y2: vec4<f32>,
    y3: vec4<f32>,
}

fn whiten(c: Component, x0: vec4<f32>, x1: vec4<f32>, x2: vec4<f32>, x3: vec4<f32>) -> Whitened {
    let d0 = x0 - c.anchor0;
    let d1 = x1 - c.anchor1;
    let d2 = x2 - c.anchor2;
    let d3 = x3 - c.anchor3;
    return Whitened(
        c.u00 * d0 + c.shift0,
        c.u01 * d0 + c.u11 * d1 + c.shift1,
        c.u02 * d0 + c.u12 * d1 + c.u22 * d2 + c.shift2,
        c.u03 * d0 + c.u13 * d1 + c.u23 * d2 + c.u33 * d3 + c.shift3,
    );
}

// |y|^2
fn square(y: Whitened) -> vec4<f32> {
    return y.y0 * y.y0 + y.y1 * y.y1 + y.y2 * y.y2 + y.y3 * y.y3;
}
