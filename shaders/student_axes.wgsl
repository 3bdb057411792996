// Components with an independent t distribution along each axis.

#import student

// The weighted log2-densities of four addresses.
fn log2_density(c: Student, x0: vec4<f32>, x1: vec4<f32>, x2: vec4<f32>, x3: vec4<f32>) -> vec4<f32> {
    let y = whiten(c.component, x0, x1, x2, x3);
    let logs = log2_1p(y.y0 * y.y0) + log2_1p(y.y1 * y.y1) + log2_1p(y.y2 * y.y2) + log2_1p(y.y3 * y.y3);
    return max(c.component.bias - c.power * logs, vec4(LEAST));
}
