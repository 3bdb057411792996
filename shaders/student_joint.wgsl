// Components with one multivariate t distribution over all four octets.

#import student

// The weighted log2-densities of four addresses.
fn log2_density(c: Student, x0: vec4<f32>, x1: vec4<f32>, x2: vec4<f32>, x3: vec4<f32>) -> vec4<f32> {
    let z = square(whiten(c.component, x0, x1, x2, x3));
    return max(c.component.bias - c.power * log2_1p(z), vec4(LEAST));
}
