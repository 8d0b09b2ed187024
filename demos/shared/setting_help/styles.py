"""Settings of the system that draws pictures anew in styles."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "weights, or folder of an export, whose vae makes the latents": (
        "潜在表現を作るvaeの重み、またはエクスポートのフォルダー",
        "잠재 표현을 만드는 vae의 가중치 또는 내보낸 폴더",
    ),
    "folder that keeps latents; in the studio's own by default": (
        "潜在表現を置くフォルダー、指定がなければスタジオ内",
        "잠재 표현을 두는 폴더, 지정하지 않으면 스튜디오 안",
    ),
    "share of batches of pictures half as large each way": (
        "縦横半分の画像で学習するバッチの割合",
        "가로세로 절반 크기 그림으로 배우는 배치의 비율",
    ),
    "training pictures that are drawn in styles, at most": (
        "画風を付ける学習画像の最大枚数",
        "화풍을 입힐 학습 그림의 최대 장수",
    ),
    "drawings of each, in as many styles by chance": (
        "1枚ごとに無作為に選ぶ画風の数",
        "한 장마다 무작위로 고르는 화풍의 수",
    ),
    "of the network at the latents' size": (
        "潜在表現と同じ解像度でのネットワークのチャンネル数",
        "잠재 표현과 같은 해상도에서 네트워크의 채널 수",
    ),
    "likewise at half of it": ("その半分の解像度でのチャンネル数", "그 절반 해상도에서의 채널 수"),
    "residual and attention blocks at each size": (
        "各解像度の残差ブロックと注意ブロックの数",
        "각 해상도의 잔차 블록과 어텐션 블록 수",
    ),
    "of the text encoder": ("テキストエンコーダーの大きさ", "텍스트 인코더의 크기"),
    "rate of AdamW (0.9, 0.99)": ("AdamW (0.9, 0.99) の学習率", "AdamW (0.9, 0.99)의 학습률"),
    "share of captions that are left out": ("説明文を省く割合", "설명문을 빼는 비율"),
    "share of sources that are left out": ("元の画像を省く割合", "원본 그림을 빼는 비율"),
    "share of targets that are the photograph itself": (
        "写真そのものを目標とする割合",
        "사진 자체를 목표로 하는 비율",
    ),
    "styles that are chosen three times as often as others": (
        "ほかの3倍の頻度で選ぶ画風",
        "다른 것보다 세 배 자주 고르는 화풍",
    ),
    "held-out drawings per evaluation while training": (
        "学習中の評価に使うテスト用の絵の数",
        "학습 중 평가용으로 떼어 둔 그림의 수",
    ),
}
