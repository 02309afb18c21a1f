package io.emberlog.handler.otlp;

class OtlpGrpcContractTest extends OtlpContractTest {
    OtlpGrpcContractTest() {
        super(true);
    }
}
