
#include <eml_net.h>
static const float mynet_layer_0_biases[8] = { 0.544151f, 0.414851f, 0.264997f, 0.466093f, -0.006597f, -0.646147f, -0.544823f, 0.403959f };
static const float mynet_layer_0_weights[24] = { 0.364203f, -0.211287f, -0.156153f, 0.186950f, 0.282243f, 0.501017f, 0.267620f, 0.324638f, -0.401209f, 0.770284f, 0.344704f, -0.757895f, 0.405669f, 0.039705f, -0.012486f, -0.014405f, 0.163584f, -0.612999f, 0.066107f, 0.465925f, -0.024271f, -0.280024f, 0.496878f, 0.309730f };
static const float mynet_layer_1_biases[3] = { -0.418366f, -0.095761f, -0.456475f };
static const float mynet_layer_1_weights[24] = { 0.120682f, 0.012142f, -0.076986f, -0.734119f, -0.289047f, 0.569792f, 0.348427f, 0.259614f, -0.617971f, 0.164033f, -0.121564f, -0.445992f, -0.314728f, -0.196449f, 0.546486f, 0.113230f, 0.008521f, 0.788085f, 0.610893f, 0.014430f, -0.171378f, 0.409045f, -0.452062f, 0.227842f };
static float mynet_buf1[8];
static float mynet_buf2[8];
static const EmlNetLayer mynet_layers[2] = { 
{ 8, 3, mynet_layer_0_weights, mynet_layer_0_biases, EmlNetActivationRelu }, 
{ 3, 8, mynet_layer_1_weights, mynet_layer_1_biases, EmlNetActivationSoftmax } };
static EmlNet mynet = { 2, mynet_layers, mynet_buf1, mynet_buf2, 8 };

    int32_t
    mynet_predict(const float *features, int32_t n_features)
    {
        return eml_net_predict(&mynet, features, n_features);
    }
    

    int32_t
    mynet_regress(const float *features, int32_t n_features, float *out, int32_t out_length)
    {
        return eml_net_regress(&mynet, features, n_features, out, out_length);
    }
    

    float
    mynet_regress1(const float *features, int32_t n_features)
    {
        return eml_net_regress1(&mynet, features, n_features);
    }
    