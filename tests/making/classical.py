"""A Workflow definition of classical blocks: a step that steers others, a picture put out, one that leads nowhere."""

from typing import Any

CLASSICAL: dict[str, Any] = {
    "version": "1.0",
    "inputs": [
        {"type": "WorkflowImage", "name": "image"},
        {"type": "WorkflowParameter", "name": "sharp_enough", "default_value": 10},
    ],
    "steps": [
        {"type": "roboflow_core/camera_focus@v1", "name": "focus", "image": "$inputs.image"},
        {
            "type": "roboflow_core/continue_if@v1",
            "name": "gate",
            "condition_statement": {
                "type": "StatementGroup",
                "statements": [
                    {
                        "type": "BinaryStatement",
                        "left_operand": {"type": "DynamicOperand", "operand_name": "focus"},
                        "comparator": {"type": "(Number) >="},
                        "right_operand": {"type": "DynamicOperand", "operand_name": "least"},
                    }
                ],
            },
            "evaluation_parameters": {"focus": "$steps.focus.focus_measure", "least": "$inputs.sharp_enough"},
            "next_steps": ["$steps.grey"],
        },
        {"type": "roboflow_core/convert_grayscale@v1", "name": "grey", "image": "$inputs.image"},
        {
            "type": "roboflow_core/threshold@v1",
            "name": "black",
            "image": "$steps.grey.image",
            "threshold_type": "binary",
            "thresh_value": 127,
            "max_value": 255,
        },
        {
            "type": "roboflow_core/contours_detection@v1",
            "name": "shapes",
            "image": "$steps.black.image",
            "line_thickness": 3,
        },
        {"type": "roboflow_core/dominant_color@v1", "name": "colour", "image": "$inputs.image"},
    ],
    "outputs": [
        {"type": "JsonField", "name": "focus", "selector": "$steps.focus.focus_measure"},
        {"type": "JsonField", "name": "shapes", "selector": "$steps.shapes.number_contours"},
        {"type": "JsonField", "name": "contours", "selector": "$steps.shapes.contours"},
        {"type": "JsonField", "name": "black", "selector": "$steps.black.image"},
    ],
}
