// Components with Gaussian tails.

#import component

// Factors and shifts are scaled by sqrt(log2(e) / 2), so that |y|^2 is in bits.
@group(0) @binding(2) var<storage, read> components: array<Component>;

// The weighted log2-densities of four addresses.
fn log2_density(c: Component, x0: vec4<f32>, x1: vec4<f32>, x2: vec4<f32>, x3: vec4<f32>) -> vec4<f32> {
    return max(c.bias - square(whiten(c, x0, x1, x2, x3)), vec4(LEAST));
}
